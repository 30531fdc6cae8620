#include "crypto/public_key.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "base/assert.h"

namespace hsm::crypto {
namespace {

constexpr std::size_t kExponentBytesMax = 8;
constexpr std::size_t kDerBytesMax = 8192;  // a 16384-bit RSA key has about 2100

std::unexpected<Error> not_a_key(const char* what) {
  return openssl_failed(Errc::kBadParameter, what);
}

ByteView without_leading_zeros(ByteView number) {
  const auto first = std::ranges::find_if(number, [](std::uint8_t byte) { return byte != 0; });
  return number.subspan(static_cast<std::size_t>(first - number.begin()));
}

BignumPtr number_of(ByteView bytes) {
  BignumPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  HSM_ASSERT(number);
  return number;
}

PkeyPtr from_params(const char* type, OSSL_PARAM* params) {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  return PkeyPtr(key);
}

bool passes_public_check(EVP_PKEY* key) {
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

// Primes of the flawed chips are powers of 65537 modulo many small primes, and so is their product. A sound modulus
// passes for one of them at all of these with a probability below 2^-27 (Nemec et al., CCS 2017, §2.2).
constexpr auto kRocaPrimes =
    std::to_array<unsigned>({11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157});

bool is_power_of_65537(unsigned residue, unsigned prime) {
  unsigned power = 1;
  do {
    if (power == residue) return true;
    power = power * (65537 % prime) % prime;
  } while (power != 1);
  return false;
}

bool is_roca(const BIGNUM* modulus) {
  return std::ranges::all_of(kRocaPrimes, [modulus](unsigned prime) {
    return is_power_of_65537(static_cast<unsigned>(BN_mod_word(modulus, prime)), prime);
  });
}

// member reads a number of the key, padded to `width` bytes, or minimal if width is 0.
Result<Bytes> member(const EVP_PKEY* key, const char* name, std::size_t width) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return not_a_key("the key has no public part");
  const BignumPtr number(raw);
  Bytes out(std::max(width, static_cast<std::size_t>(BN_num_bytes(raw))));
  if (BN_bn2binpad(raw, out.data(), static_cast<int>(out.size())) < 0) return not_a_key("a key is too large");
  return out;
}

Result<core::Curve> curve_of(const EVP_PKEY* key) {
  std::string group(64, '\0');
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) return not_a_key("the curve is not known");
  group.resize(size);
  const auto found = std::ranges::find(core::kCurves, group, &core::CurveRow::openssl_group);
  if (found == core::kCurves.end()) return not_a_key("the curve is not supported");
  return found->curve;
}

}  // namespace

Result<PkeyPtr> rsa_public_key(ByteView modulus, ByteView exponent) {
  modulus = without_leading_zeros(modulus);
  exponent = without_leading_zeros(exponent);
  if (modulus.size() > kRsaBitsMax / 8 || exponent.size() > kExponentBytesMax) {
    return not_a_key("the RSA key is too large");
  }
  const BignumPtr n = number_of(modulus);
  const BignumPtr e = number_of(exponent);
  if (BN_num_bits(n.get()) < kRsaBitsMin) return not_a_key("the RSA key has less than 2048 bits");
  if (is_roca(n.get())) return not_a_key("the RSA key was made by a flawed chip and can be factored");
  if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get())) return not_a_key("the RSA key is not valid");
  const ParamBuilderPtr builder(OSSL_PARAM_BLD_new());
  HSM_ASSERT(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
             OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(builder.get()));
  HSM_ASSERT(params);
  PkeyPtr key = from_params("RSA", params.get());
  if (!key) return not_a_key("the RSA key is not valid");
  return key;
}

Result<PkeyPtr> ec_public_key(core::Curve curve, ByteView x, ByteView y) {
  const core::CurveRow& row = core::row(curve);
  if (x.size() > row.coordinate_bytes || y.size() > row.coordinate_bytes || x.empty() || y.empty()) {
    return not_a_key("a coordinate has a wrong length");
  }
  Bytes point(1 + 2 * row.coordinate_bytes);  // SEC 1 §2.3.3, uncompressed
  point[0] = 4;
  std::ranges::copy(x, point.begin() + static_cast<std::ptrdiff_t>(1 + row.coordinate_bytes - x.size()));
  std::ranges::copy(y, point.end() - static_cast<std::ptrdiff_t>(y.size()));
  std::string group(row.openssl_group);
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
                         octet_param(OSSL_PKEY_PARAM_PUB_KEY, point), OSSL_PARAM_construct_end()};
  PkeyPtr key = from_params("EC", params);
  if (!key || !passes_public_check(key.get())) return not_a_key("the point is not on the curve");
  return key;
}

Result<core::KeySpec> spec_of(const EVP_PKEY* key) {
  if (key == nullptr) return not_a_key("there is no key");
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    return core::KeySpec{core::KeyType::kRsa, core::Curve::kNone, static_cast<std::uint16_t>(EVP_PKEY_get_bits(key))};
  }
  if (EVP_PKEY_is_a(key, "EC") != 1) return not_a_key("the key type is not supported");
  HSM_TRY(const core::Curve curve, curve_of(key));
  return core::KeySpec{core::KeyType::kEc, curve, 0};
}

Result<core::PublicKey> public_members(const EVP_PKEY* key) {
  HSM_TRY(const core::KeySpec spec, spec_of(key));
  core::PublicKey members;
  if (spec.type == core::KeyType::kRsa) {
    HSM_TRY(members.modulus, member(key, OSSL_PKEY_PARAM_RSA_N, 0));
    HSM_TRY(members.exponent, member(key, OSSL_PKEY_PARAM_RSA_E, 0));
    return members;
  }
  const std::size_t width = core::row(spec.curve).coordinate_bytes;
  HSM_TRY(members.x, member(key, OSSL_PKEY_PARAM_EC_PUB_X, width));
  HSM_TRY(members.y, member(key, OSSL_PKEY_PARAM_EC_PUB_Y, width));
  return members;
}

Result<PkeyPtr> checked_public_key(const EVP_PKEY* key) {
  HSM_TRY(const core::KeySpec spec, spec_of(key));
  HSM_TRY(const core::PublicKey members, public_members(key));
  if (spec.type == core::KeyType::kRsa) return rsa_public_key(members.modulus, members.exponent);
  return ec_public_key(spec.curve, members.x, members.y);
}

Result<PkeyPtr> public_key_from_der(ByteView der) {
  if (der.empty() || der.size() > kDerBytesMax) return not_a_key("the public key has a wrong length");
  const std::uint8_t* next = der.data();
  const PkeyPtr decoded(d2i_PUBKEY(nullptr, &next, static_cast<long>(der.size())));
  if (!decoded || next != der.data() + der.size()) return not_a_key("the public key can't be read");
  return checked_public_key(decoded.get());
}

Bytes public_key_to_der(const EVP_PKEY* key) {
  std::uint8_t* raw = nullptr;
  const int size = i2d_PUBKEY(key, &raw);
  HSM_ASSERT(size > 0);
  Bytes der(raw, raw + size);
  OPENSSL_free(raw);
  return der;
}

}  // namespace hsm::crypto
