#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/key_operations.h"
#include "core/key_type.h"

namespace hsm::core {

// Algorithm is a value of `alg` (reference/keys-api.md §4).
enum class Algorithm : std::uint8_t {  // sent to partitions
  kRsa15 = 1,
  kRsaOaep,
  kRsaOaep256,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kRsNull,
  kEs256,
  kEs384,
  kEs512,
  kEs256K,
  kA128Gcm,
  kA192Gcm,
  kA256Gcm,
  kA128Cbc,
  kA192Cbc,
  kA256Cbc,
  kA128CbcPad,
  kA192CbcPad,
  kA256CbcPad,
  kA128Kw,
  kA192Kw,
  kA256Kw,
  kAesKeyWrap,
  kAesKeyWrapPad,
  kHs256,
  kHs384,
  kHs512,
  kEdDsa,
  kX25519,
  kMlDsa44,
  kMlDsa65,
  kMlDsa87,
  kMlDsa44Mu,  // the same with μ made outside (FIPS 204 §6.2); not an `alg` but `external_mu`
  kMlDsa65Mu,
  kMlDsa87Mu,
};

enum class Digest : std::uint8_t { kNone, kSha1, kSha256, kSha384, kSha512 };

enum class Scheme : std::uint8_t {
  kRsaEncryptPkcs1,
  kRsaEncryptOaep,
  kRsaSignPkcs1,
  kRsaSignPss,
  kRsaSignRaw,
  kEcdsa,
  kAesGcm,
  kAesCbc,
  kAesCbcPad,
  kAesKw,
  kAesKwp,
  kHmac,
  kPureEdDsa,  // RFC 8032 §5.1: over the message itself
  kEcdh,       // RFC 7748 §6.1: input is the other party's public key
  kMlDsa,      // input: the message; aad: its context
  kMlDsaMu,    // input: μ; no aad, since the context is in μ
};

struct AlgorithmRow {
  Algorithm algorithm;
  std::string_view name;
  KeyType type;
  Scheme scheme;
  Digest digest;              // of the signature, of OAEP and its MGF1, or of HMAC
  Curve curve;                // EC and OKP
  std::uint16_t key_bits;     // 0: any size of the type; AKP: number of the parameter set
  std::uint16_t input_bytes;  // exact size of what is signed; 0: see the scheme
  KeyOperations operations;   // the operations it serves
};

namespace algorithm_detail {
using enum KeyOperation;
inline constexpr KeyOperations kSigning{kSign, kVerify};
inline constexpr KeyOperations kCipher{kEncrypt, kDecrypt};
inline constexpr KeyOperations kWrap{kWrapKey, kUnwrapKey};
inline constexpr KeyOperations kDeriving{kDeriveKey};
inline constexpr KeyOperations kCipherAndWrap{kEncrypt, kDecrypt, kWrapKey, kUnwrapKey};
}  // namespace algorithm_detail

inline constexpr auto kAlgorithms = [] {
  using namespace algorithm_detail;
  using enum Algorithm;
  using enum KeyType;
  using enum Scheme;
  using D = Digest;
  using C = Curve;
  return std::to_array<AlgorithmRow>({
      {kRsa15, "RSA1_5", kRsa, kRsaEncryptPkcs1, D::kNone, C::kNone, 0, 0, kCipherAndWrap},     // RFC 7518 §4.2
      {kRsaOaep, "RSA-OAEP", kRsa, kRsaEncryptOaep, D::kSha1, C::kNone, 0, 0, kCipherAndWrap},  // RFC 7518 §4.3
      {kRsaOaep256, "RSA-OAEP-256", kRsa, kRsaEncryptOaep, D::kSha256, C::kNone, 0, 0, kCipherAndWrap},
      {kRs256, "RS256", kRsa, kRsaSignPkcs1, D::kSha256, C::kNone, 0, 32, kSigning},  // RFC 7518 §3.3
      {kRs384, "RS384", kRsa, kRsaSignPkcs1, D::kSha384, C::kNone, 0, 48, kSigning},
      {kRs512, "RS512", kRsa, kRsaSignPkcs1, D::kSha512, C::kNone, 0, 64, kSigning},
      {kPs256, "PS256", kRsa, kRsaSignPss, D::kSha256, C::kNone, 0, 32, kSigning},  // RFC 7518 §3.5
      {kPs384, "PS384", kRsa, kRsaSignPss, D::kSha384, C::kNone, 0, 48, kSigning},
      {kPs512, "PS512", kRsa, kRsaSignPss, D::kSha512, C::kNone, 0, 64, kSigning},
      {kRsNull, "RSNULL", kRsa, kRsaSignRaw, D::kNone, C::kNone, 0, 0, kSigning},  // keys-api.md §4.2
      {kEs256, "ES256", kEc, kEcdsa, D::kSha256, C::kP256, 0, 32, kSigning},       // RFC 7518 §3.4
      {kEs384, "ES384", kEc, kEcdsa, D::kSha384, C::kP384, 0, 48, kSigning},
      {kEs512, "ES512", kEc, kEcdsa, D::kSha512, C::kP521, 0, 64, kSigning},
      {kEs256K, "ES256K", kEc, kEcdsa, D::kSha256, C::kP256K, 0, 32, kSigning},   // RFC 8812 §3.2
      {kA128Gcm, "A128GCM", kOct, kAesGcm, D::kNone, C::kNone, 128, 0, kCipher},  // keys-api.md §4.4
      {kA192Gcm, "A192GCM", kOct, kAesGcm, D::kNone, C::kNone, 192, 0, kCipher},
      {kA256Gcm, "A256GCM", kOct, kAesGcm, D::kNone, C::kNone, 256, 0, kCipher},
      {kA128Cbc, "A128CBC", kOct, kAesCbc, D::kNone, C::kNone, 128, 0, kCipher},
      {kA192Cbc, "A192CBC", kOct, kAesCbc, D::kNone, C::kNone, 192, 0, kCipher},
      {kA256Cbc, "A256CBC", kOct, kAesCbc, D::kNone, C::kNone, 256, 0, kCipher},
      {kA128CbcPad, "A128CBCPAD", kOct, kAesCbcPad, D::kNone, C::kNone, 128, 0, kCipher},
      {kA192CbcPad, "A192CBCPAD", kOct, kAesCbcPad, D::kNone, C::kNone, 192, 0, kCipher},
      {kA256CbcPad, "A256CBCPAD", kOct, kAesCbcPad, D::kNone, C::kNone, 256, 0, kCipher},
      {kA128Kw, "A128KW", kOct, kAesKw, D::kNone, C::kNone, 128, 0, kWrap},  // RFC 3394
      {kA192Kw, "A192KW", kOct, kAesKw, D::kNone, C::kNone, 192, 0, kWrap},
      {kA256Kw, "A256KW", kOct, kAesKw, D::kNone, C::kNone, 256, 0, kWrap},
      {kAesKeyWrap, "CKM_AES_KEY_WRAP", kOct, kAesKw, D::kNone, C::kNone, 0, 0, kWrap},
      {kAesKeyWrapPad, "CKM_AES_KEY_WRAP_PAD", kOct, kAesKwp, D::kNone, C::kNone, 0, 0,
       kWrap},                                                               // RFC 5649: unconfirmed flavour
      {kHs256, "HS256", kOct, kHmac, D::kSha256, C::kNone, 0, 0, kSigning},  // over the bytes given: unconfirmed
      {kHs384, "HS384", kOct, kHmac, D::kSha384, C::kNone, 0, 0, kSigning},
      {kHs512, "HS512", kOct, kHmac, D::kSha512, C::kNone, 0, 0, kSigning},
      // RFC 8037 §3.1: pure Ed25519 over the bytes given, be they a message or a digest, as the live service did it
      // (checked against a signature it made under 7.4-preview.1).
      {kEdDsa, "EdDSA", kOkp, Scheme::kPureEdDsa, D::kNone, C::kEd25519, 0, 0, kSigning},
      {kX25519, "X25519", kOkp, Scheme::kEcdh, D::kNone, C::kX25519, 0, 0, kDeriving},  // RFC 7748 §6.1
      {kMlDsa44, "ML-DSA-44", kAkp, kMlDsa, D::kNone, C::kNone, 44, 0, kSigning},       // FIPS 204 §5.2
      {kMlDsa65, "ML-DSA-65", kAkp, kMlDsa, D::kNone, C::kNone, 65, 0, kSigning},
      {kMlDsa87, "ML-DSA-87", kAkp, kMlDsa, D::kNone, C::kNone, 87, 0, kSigning},
      {kMlDsa44Mu, "ML-DSA-44 (external mu)", kAkp, kMlDsaMu, D::kNone, C::kNone, 44, 64, kSigning},
      {kMlDsa65Mu, "ML-DSA-65 (external mu)", kAkp, kMlDsaMu, D::kNone, C::kNone, 65, 64, kSigning},
      {kMlDsa87Mu, "ML-DSA-87 (external mu)", kAkp, kMlDsaMu, D::kNone, C::kNone, 87, 64, kSigning},
  });
}();

std::optional<Algorithm> algorithm_named(std::string_view name);
const AlgorithmRow* find_row(Algorithm algorithm);  // nullptr for a number that is none
const AlgorithmRow& row(Algorithm algorithm);

// suits tells whether a key of that spec can be used with the algorithm for the operation: type, curve, size,
// direction. The front end asks it for a clear error, the partition asks it again because it trusts nobody.
bool suits(const AlgorithmRow& row, const KeySpec& spec, KeyOperation operation);

// ml_dsa_algorithm is the one algorithm of an AKP key, for messages or for μ.
enum class MlDsaInput : std::uint8_t { kMessage, kMu };
Algorithm ml_dsa_algorithm(const KeySpec& spec, MlDsaInput input);

constexpr std::size_t digest_bytes(Digest digest) {
  switch (digest) {
    case Digest::kNone:
      return 0;
    case Digest::kSha1:
      return 20;
    case Digest::kSha256:
      return 32;
    case Digest::kSha384:
      return 48;
    case Digest::kSha512:
      return 64;
  }
  return 0;
}

// kOperationInputBytesMax bounds what one cryptographic request may carry in and out (unconfirmed limit of the
// service). The channel to partitions is sized for it.
inline constexpr std::size_t kOperationInputBytesMax = 48 * 1024;
inline constexpr std::size_t kAadBytesMax = 8 * 1024;
inline constexpr std::size_t kGcmIvBytes = 12;
inline constexpr std::size_t kGcmTagBytes = 16;
inline constexpr std::size_t kAesBlockBytes = 16;

}  // namespace hsm::core
