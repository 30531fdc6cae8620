#pragma once
#include <openssl/core_names.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_material.h"
#include "crypto/openssl.h"

namespace hsm::partition {

// The material of an RSA key of k bytes:
//
//   material = version (u8, 1) | e (8) | n (k) | d (k) | p (k/2) | q (k/2) | dp (k/2) | dq (k/2) | qi (k/2)
//
// Numbers are little-endian, which is how OpenSSL takes them straight from this buffer: a key object is made in 13 µs
// and no copy of a secret is left behind. Parsing PKCS#8 costs up to 1 ms (reference/measurements.md §1).
enum class RsaNumber : std::uint8_t { kE, kN, kD, kP, kQ, kDp, kDq, kQi, kCount_ };

struct RsaNumberRow {
  RsaNumber number;
  const char* name;      // JWK member
  const char* param;     // OpenSSL's name
  std::uint8_t divisor;  // its width is k / divisor; 0: kRsaExponentBytesMax
};
inline constexpr std::size_t kRsaExponentBytesMax = 8;  // OpenSSL takes no larger e with moduli over 3072 bits
inline constexpr auto kRsaNumbers = std::to_array<RsaNumberRow>({
    {RsaNumber::kE, "e", OSSL_PKEY_PARAM_RSA_E, 0},
    {RsaNumber::kN, "n", OSSL_PKEY_PARAM_RSA_N, 1},
    {RsaNumber::kD, "d", OSSL_PKEY_PARAM_RSA_D, 1},
    {RsaNumber::kP, "p", OSSL_PKEY_PARAM_RSA_FACTOR1, 2},
    {RsaNumber::kQ, "q", OSSL_PKEY_PARAM_RSA_FACTOR2, 2},
    {RsaNumber::kDp, "dp", OSSL_PKEY_PARAM_RSA_EXPONENT1, 2},
    {RsaNumber::kDq, "dq", OSSL_PKEY_PARAM_RSA_EXPONENT2, 2},
    {RsaNumber::kQi, "qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1, 2},
});
static_assert(kRsaNumbers.size() == static_cast<std::size_t>(RsaNumber::kCount_));

class RsaMaterial {
 public:
  // A blank one is all zeros, to be filled number by number.
  explicit RsaMaterial(unsigned bits);
  // read: kInternal when `material` isn't of a key of that size.
  static Result<RsaMaterial> read(const SecretBytes& material, unsigned bits);
  SecretBytes take() && { return std::move(bytes_); }

  ByteView get(RsaNumber number) const;                // little-endian, of fixed width
  std::span<std::uint8_t> writable(RsaNumber number);  // likewise

  core::PublicKey public_key() const;  // big-endian and minimal
  // key_pair makes OpenSSL's key object; it does not check that the numbers belong together. kBadParameter: OpenSSL
  // takes no such numbers.
  Result<crypto::PkeyPtr> key_pair() const;

 private:
  struct Place {
    std::size_t at;
    std::size_t size;
  };
  Place place(RsaNumber number) const;

  unsigned bits_;
  SecretBytes bytes_;
};

}  // namespace hsm::partition
