#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hsm::core {

enum class KeyType : std::uint8_t {  // stored, sent to partitions
  kRsa = 1,
  kEc = 2,
  kOct = 3,
  kOkp = 4,  // octet key pair (RFC 8037)
  kAkp = 5,  // algorithm key pair (draft-ietf-cose-dilithium §3): ML-DSA
};

// KeySize says how large a key is: RSA modulus bits, symmetric key bits, or the curve.
enum class Curve : std::uint8_t {  // stored, sent to partitions
  kNone = 0,
  kP256 = 1,
  kP384 = 2,
  kP521 = 3,
  kP256K = 4,
  kEd25519 = 5,
  kX25519 = 6,
};

struct CurveRow {
  Curve curve;
  std::string_view name;           // JWK crv, reference/keys-api.md §3.1
  std::size_t coordinate_bytes;    // fixed width of x, y, r and s
  std::string_view openssl_group;  // OSSL_PKEY_PARAM_GROUP_NAME
};
inline constexpr auto kCurves = std::to_array<CurveRow>({
    {Curve::kP256, "P-256", 32, "prime256v1"},   // RFC 7518 §6.2.1.1
    {Curve::kP384, "P-384", 48, "secp384r1"},    // RFC 7518 §6.2.1.1
    {Curve::kP521, "P-521", 66, "secp521r1"},    // RFC 7518 §6.2.1.1
    {Curve::kP256K, "P-256K", 32, "secp256k1"},  // the service's name of secp256k1 (RFC 8812)
});
// The curves of OKP keys (RFC 8037 §2). Their one coordinate, and their private key, are octets with an order of their
// own (RFC 7748 §5, RFC 8032 §5.1.2), not numbers. In the place of a group stands OpenSSL's name of the key type.
inline constexpr auto kOkpCurves = std::to_array<CurveRow>({
    {Curve::kEd25519, "Ed25519", 32, "ED25519"},
    {Curve::kX25519, "X25519", 32, "X25519"},
});
const CurveRow& row(Curve curve);                             // curve must not be kNone
std::optional<Curve> curve_named(std::string_view name);      // of an EC key
std::optional<Curve> okp_curve_named(std::string_view name);  // of an OKP key

// What a request may call a key type, and what it becomes: software types are upgraded (keys-api.md §3.1).
struct KeyTypeRow {
  std::string_view requested;
  KeyType type;
};
inline constexpr auto kKeyTypes = std::to_array<KeyTypeRow>({
    {"RSA", KeyType::kRsa},
    {"RSA-HSM", KeyType::kRsa},
    {"EC", KeyType::kEc},
    {"EC-HSM", KeyType::kEc},
    {"oct", KeyType::kOct},
    {"oct-HSM", KeyType::kOct},
    {"OKP", KeyType::kOkp},
    {"OKP-HSM", KeyType::kOkp},
    {"AKP", KeyType::kAkp},
    {"AKP-HSM", KeyType::kAkp},
});
std::optional<KeyType> key_type_named(std::string_view requested);
std::string_view wire_name(KeyType type);  // RSA-HSM, EC-HSM, oct-HSM …

inline constexpr auto kRsaBits = std::to_array<std::uint16_t>({2048, 3072, 4096});
inline constexpr auto kOctBits = std::to_array<std::uint16_t>({128, 192, 256});
inline constexpr std::uint16_t kRsaBitsDefault = 2048;  // keys-api.md §3.1, recorded
inline constexpr std::uint16_t kOctBitsDefault = 256;   // unconfirmed, keys-api.md §3.1
inline constexpr std::uint32_t kRsaExponentDefault = 65537;

// ML-DSA's parameter sets (FIPS 204 §4, table 2). Their number stands where other types have their size.
struct MlDsaSetRow {
  std::uint16_t number;
  std::string_view name;  // JWK alg, reference/keys-api.md §3.1
  std::size_t public_bytes;
  std::size_t signature_bytes;
};
inline constexpr auto kMlDsaSets = std::to_array<MlDsaSetRow>({
    {44, "ML-DSA-44", 1312, 2420},
    {65, "ML-DSA-65", 1952, 3309},
    {87, "ML-DSA-87", 2592, 4627},
});
inline constexpr std::size_t kMlDsaSeedBytes = 32;            // the private key: ξ of FIPS 204 §5.1
inline constexpr std::size_t kMlDsaPublicBytesMax = 2592;     // ML-DSA-87
inline constexpr std::size_t kMlDsaSignatureBytesMax = 4627;  // ML-DSA-87
inline constexpr std::size_t kMlDsaContextBytesMax = 255;     // FIPS 204 §5.2
const MlDsaSetRow& ml_dsa_set(std::uint16_t number);          // number must be one of them
const MlDsaSetRow* ml_dsa_set_named(std::string_view name);   // nullptr: none

// KeySpec is what is public and fixed about a key's material.
struct KeySpec {
  KeyType type = KeyType::kRsa;
  Curve curve = Curve::kNone;  // EC and OKP
  std::uint16_t bits = 0;      // RSA and oct; AKP: number of the parameter set; 0 for EC and OKP
  friend bool operator==(const KeySpec&, const KeySpec&) = default;
};

// valid tells whether the service offers such a key (keys-api.md §3.1).
bool valid(const KeySpec& spec);

}  // namespace hsm::core
