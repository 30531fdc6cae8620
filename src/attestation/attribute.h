#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace hsm::attestation {

// AttributeType says what one attribute of an attested object states. Where PKCS#11 (v3.0 §4) has an attribute of that
// meaning, its number is taken, as the managed service's own attestation does (reference/byok-release-attestation.md
// §4); the others are vendor-defined numbers of ours.
enum class AttributeType : std::uint32_t {  // signed, and kept by whoever was given an attestation
  kClass = 0x0,
  kKeyType = 0x100,
  // /keys/{name}/{version}. This alone is the front end's statement: a partition knows keys, not their names. The
  // signature binds it to the key, so that it can't be changed later, but does not make it true.
  kId = 0x102,
  kSensitive = 0x103,
  kEncrypt = 0x104,
  kDecrypt = 0x105,
  kWrap = 0x106,
  kUnwrap = 0x107,
  kSign = 0x108,
  kVerify = 0x10a,
  kDerive = 0x10c,
  kModulus = 0x120,
  kModulusBits = 0x121,
  kPublicExponent = 0x122,
  kValueBytes = 0x161,
  kExtractable = 0x162,
  kLocal = 0x163,
  kNeverExtractable = 0x164,
  kAlwaysSensitive = 0x165,
  kKeyGenMechanism = 0x166,
  kEcParams = 0x180,  // the curve's object identifier in DER
  kEcPoint =
      0x181,  // 04 | x | y (SEC 1 §2.3.3), without PKCS#11's OCTET STRING around it; OKP: x alone (RFC 8032, 7748)
  kCheckValue = 0x173,
  kParameterSet = 0x61d,  // of ML-DSA (PKCS#11 v3.2, CKP_ML_DSA_*)
  // Vendor-defined (CKA_VENDOR_DEFINED, 0x80000000, and up).
  kDomainId = 0x80005301,             // of the security domain, 16 bytes
  kWrappedKeyId = 0x80005302,         // core::KeyId: names the wrapped key, and changes with its operations
  kReleasePolicyDigest = 0x80005303,  // SHA-256 of the release policy; absent if the key has none
  kEngine = 0x80005304,               // text: what does the cryptography
  kFips = 0x80005305,                 // whether that is a FIPS 140 validated module in its approved mode
  kExchange = 0x80005306,             // key_ops is import: it unwraps other HSMs' keys, and does nothing else
  kExport = 0x80005307,               // key_ops has export
  // Of ML-DSA, as FIPS 204 §7.2 encodes it, in both halves: CKA_VALUE would mean the private key in a private one.
  kPublicValue = 0x80005308,
};

// Form is how an attribute's value is written.
enum class Form : std::uint8_t {
  kFlag,    // one byte, 0 or 1
  kNumber,  // four bytes, big-endian
  kBytes,
  kText,  // printable ASCII
};

struct AttributeRow {
  AttributeType type;
  Form form;
  std::string_view name;  // PKCS#11's, or ours in the same manner
};
inline constexpr auto kAttributes = std::to_array<AttributeRow>({
    {AttributeType::kClass, Form::kNumber, "class"},
    {AttributeType::kKeyType, Form::kNumber, "key-type"},
    {AttributeType::kId, Form::kText, "id"},
    {AttributeType::kSensitive, Form::kFlag, "sensitive"},
    {AttributeType::kEncrypt, Form::kFlag, "encrypt"},
    {AttributeType::kDecrypt, Form::kFlag, "decrypt"},
    {AttributeType::kWrap, Form::kFlag, "wrap"},
    {AttributeType::kUnwrap, Form::kFlag, "unwrap"},
    {AttributeType::kSign, Form::kFlag, "sign"},
    {AttributeType::kVerify, Form::kFlag, "verify"},
    {AttributeType::kDerive, Form::kFlag, "derive"},
    {AttributeType::kModulus, Form::kBytes, "modulus"},
    {AttributeType::kModulusBits, Form::kNumber, "modulus-bits"},
    {AttributeType::kPublicExponent, Form::kBytes, "public-exponent"},
    {AttributeType::kValueBytes, Form::kNumber, "value-bytes"},
    {AttributeType::kExtractable, Form::kFlag, "extractable"},
    {AttributeType::kLocal, Form::kFlag, "local"},
    {AttributeType::kNeverExtractable, Form::kFlag, "never-extractable"},
    {AttributeType::kAlwaysSensitive, Form::kFlag, "always-sensitive"},
    {AttributeType::kKeyGenMechanism, Form::kNumber, "key-gen-mechanism"},
    {AttributeType::kCheckValue, Form::kBytes, "check-value"},
    {AttributeType::kEcParams, Form::kBytes, "ec-params"},
    {AttributeType::kEcPoint, Form::kBytes, "ec-point"},
    {AttributeType::kDomainId, Form::kBytes, "domain-id"},
    {AttributeType::kWrappedKeyId, Form::kBytes, "wrapped-key-id"},
    {AttributeType::kReleasePolicyDigest, Form::kBytes, "release-policy-digest"},
    {AttributeType::kEngine, Form::kText, "engine"},
    {AttributeType::kFips, Form::kFlag, "fips"},
    {AttributeType::kExchange, Form::kFlag, "exchange"},
    {AttributeType::kExport, Form::kFlag, "export"},
    {AttributeType::kParameterSet, Form::kNumber, "parameter-set"},
    {AttributeType::kPublicValue, Form::kBytes, "public-value"},
});

// find_row returns nullptr for a type that this version doesn't know.
const AttributeRow* find_row(AttributeType type);

// Values of kClass (CKO_*).
inline constexpr std::uint32_t kPublicKey = 2;
inline constexpr std::uint32_t kPrivateKey = 3;
inline constexpr std::uint32_t kSecretKey = 4;
// Values of kKeyType (CKK_*).
inline constexpr std::uint32_t kRsa = 0x0;
inline constexpr std::uint32_t kEc = 0x3;
inline constexpr std::uint32_t kAes = 0x1f;
inline constexpr std::uint32_t kEcEdwards = 0x40;
inline constexpr std::uint32_t kEcMontgomery = 0x41;
inline constexpr std::uint32_t kMlDsa = 0x4a;  // PKCS#11 v3.2
// The value of kKeyGenMechanism of a key that was not generated here (CK_UNAVAILABLE_INFORMATION, in 32 bits).
inline constexpr std::uint32_t kNotGeneratedHere = 0xffffffff;

}  // namespace hsm::attestation
