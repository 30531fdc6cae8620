#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "core/algorithm.h"
#include "core/key_material.h"
#include "core/release.h"

namespace hsm::core {

// Secure wrap and unwrap (reference/keys-api.md §1.2): a partition makes an AES key that nobody else ever sees, and
// opens it again for attested environments alone. Whom a key opens for:
//
//   a key with a release policy      environments that fulfil the policy, as in secure key release
//   one without, but with unwrapKey  any environment that a configured authority attests (unconfirmed); nothing is lost
//                                    by that, for unwrapKey gives the same in the clear
//   one with secureUnwrapKey alone   nobody: the SDKs' documentation says that such a key must have a policy
//
// A key whose policy guards what it opens, and not the key itself (it is not exportable), is given neither decrypt nor
// unwrapKey later; else both would be a way around the policy.

inline constexpr std::size_t kSecureWrapKeyBytes = 32;       // of the fresh key
inline constexpr std::size_t kSecureWrappedBytesMax = 1024;  // of `value`: RSA-4096 makes 512
inline constexpr std::size_t kTrustedIssuerBytesMax = 2048;  // of `applicationTrustedIssuer`; ours

// kSecureUnwrapEncryption is how the opened key is encrypted to the environment (unconfirmed).
inline constexpr ReleaseEncryption kSecureUnwrapEncryption = ReleaseEncryption::kRsaAesKeyWrap256;

// SecureWrapAlgorithm is a value of `alg` here (§4.6). The names have an enumeration of their own in the protocol: the
// KWPAD ones are in no other.
enum class SecureWrapAlgorithm : std::uint8_t {  // sent to partitions
  kRsaOaep256 = 1,
  kA128Kw,
  kA192Kw,
  kA256Kw,
  kA128KwPad,
  kA192KwPad,
  kA256KwPad,
  kAesKeyWrap,
  kAesKeyWrapPad,
};

struct SecureWrapRow {
  SecureWrapAlgorithm algorithm;
  std::string_view name;
  Algorithm wrapping;      // how it wraps, for any size that this one takes
  std::uint16_t key_bits;  // 0: any size of the type
};
inline constexpr auto kSecureWrapAlgorithms = std::to_array<SecureWrapRow>({
    {SecureWrapAlgorithm::kRsaOaep256, "RSA-OAEP-256", Algorithm::kRsaOaep256, 0},
    {SecureWrapAlgorithm::kA128Kw, "A128KW", Algorithm::kA128Kw, 128},  // RFC 3394
    {SecureWrapAlgorithm::kA192Kw, "A192KW", Algorithm::kA192Kw, 192},
    {SecureWrapAlgorithm::kA256Kw, "A256KW", Algorithm::kA256Kw, 256},
    {SecureWrapAlgorithm::kA128KwPad, "A128KWPAD", Algorithm::kAesKeyWrapPad, 128},  // RFC 5649
    {SecureWrapAlgorithm::kA192KwPad, "A192KWPAD", Algorithm::kAesKeyWrapPad, 192},
    {SecureWrapAlgorithm::kA256KwPad, "A256KWPAD", Algorithm::kAesKeyWrapPad, 256},
    {SecureWrapAlgorithm::kAesKeyWrap, "CKM_AES_KEY_WRAP", Algorithm::kAesKeyWrap, 0},
    {SecureWrapAlgorithm::kAesKeyWrapPad, "CKM_AES_KEY_WRAP_PAD", Algorithm::kAesKeyWrapPad, 0},
});
// Both return nullptr for what is not in the table.
constexpr const SecureWrapRow* find_secure_wrap(SecureWrapAlgorithm algorithm) {
  const auto found = std::ranges::find(kSecureWrapAlgorithms, algorithm, &SecureWrapRow::algorithm);
  return found == kSecureWrapAlgorithms.end() ? nullptr : &*found;
}
constexpr const SecureWrapRow* secure_wrap_named(std::string_view name) {
  const auto found = std::ranges::find(kSecureWrapAlgorithms, name, &SecureWrapRow::name);
  return found == kSecureWrapAlgorithms.end() ? nullptr : &*found;
}

// suits tells whether a key of that spec wraps with the algorithm.
inline bool suits(const SecureWrapRow& row, const KeySpec& spec) {
  return suits(core::row(row.wrapping), spec, KeyOperation::kWrapKey) &&
         (row.key_bits == 0 || row.key_bits == spec.bits);
}

// plain_operation is the operation that allows what kSecureWrapKey or kSecureUnwrapKey does, and the same in the clear.
constexpr KeyOperation plain_operation(KeyOperation secure) {
  return secure == KeyOperation::kSecureWrapKey ? KeyOperation::kWrapKey : KeyOperation::kUnwrapKey;
}

constexpr bool for_secure_wrap(KeyOperations operations) {
  return operations.has(KeyOperation::kSecureWrapKey) || operations.has(KeyOperation::kSecureUnwrapKey);
}

// evades_policy tells whether a key with these operations, once given those of `wanted`, would open in the clear what
// its release policy guards.
constexpr bool evades_policy(const KeyPolicy& policy, KeyOperations wanted) {
  const auto gained = [&](KeyOperation operation) {
    return wanted.has(operation) && !policy.operations.has(operation);
  };
  return has_release_policy(policy) && !policy.exportable &&
         (gained(KeyOperation::kDecrypt) || gained(KeyOperation::kUnwrapKey));
}

}  // namespace hsm::core
