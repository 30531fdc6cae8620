#pragma once
#include "core/algorithm.h"
#include "core/key_operations.h"
#include "core/key_type.h"

namespace hsm::core {

// What FIPS mode allows: approved algorithms alone, at approved sizes. Closed by default: what has no row is refused.
struct ApprovedRow {
  Scheme scheme;
  KeyOperations operations;  // decryption by what may no longer encrypt is not allowed either
  std::string_view source;
};
inline constexpr auto kApproved = [] {
  using namespace algorithm_detail;
  using enum Scheme;
  return std::to_array<ApprovedRow>({
      {kRsaEncryptOaep, kCipherAndWrap, "SP 800-56B Rev. 2 §7.2.2"},
      {kRsaSignPkcs1, kSigning, "FIPS 186-5 §5.4"},
      {kRsaSignPss, kSigning, "FIPS 186-5 §5.4"},
      {kEcdsa, kSigning, "FIPS 186-5 §6"},
      {kAesGcm, kCipher, "SP 800-38D"},
      {kAesCbc, kCipher, "SP 800-38A"},
      {kAesCbcPad, kCipher, "SP 800-38A"},
      {kAesKw, kWrap, "SP 800-38F §6.2"},
      {kAesKwp, kWrap, "SP 800-38F §6.3"},
      {kHmac, kSigning, "FIPS 198-1; every key we have is longer than 112 bits (SP 800-131A)"},
      {kMlDsa, kSigning, "FIPS 204 §5"},
      {kMlDsaMu, kSigning, "FIPS 204 §6.2"},
      // Not here: RSA1_5 (SP 800-131A: key transport by PKCS#1 v1.5 ended with 2023), RSNULL (signs without a hash),
      // X25519 (SP 800-56A has no such curve), and EdDSA, which FIPS 186-5 §7 has but which is not tried in this mode.
  });
}();

// approved tells whether a key of that kind may be made, imported or used: RSA, oct and ML-DSA of every size that there
// is, and the curves of SP 800-186 §3.2.1, which P-256K is not one of; no octet key pairs.
bool approved(const KeySpec& spec);
// approved tells whether the algorithm may be used for the operation by a key that is approved.
bool approved(const AlgorithmRow& row, KeyOperation operation);

// kApprovedExponentMin: FIPS 186-5 §A.1.1, e > 2^16.
inline constexpr std::uint32_t kApprovedExponentMin = 65537;

}  // namespace hsm::core
