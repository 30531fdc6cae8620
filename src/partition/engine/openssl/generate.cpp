#include "partition/engine/openssl/generate.h"

#include <openssl/rand.h>
#include <openssl/rsa.h>

#include <string>

#include "base/assert.h"
#include "crypto/openssl.h"
#include "partition/engine/openssl/ec_material.h"
#include "partition/engine/openssl/okp_key.h"
#include "partition/engine/openssl/rsa_material.h"
#include "partition/engine/openssl/secp256k1_key.h"

namespace hsm::partition {
namespace {

void fill_random(std::span<std::uint8_t> secret) {
  HSM_ASSERT(RAND_priv_bytes(secret.data(), static_cast<int>(secret.size())) == 1);
}

crypto::BignumPtr number_of(const EVP_PKEY* key, const char* param) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, param, &number) != 1) return nullptr;
  return crypto::BignumPtr(number);
}

Result<crypto::PkeyPtr> new_rsa_key(int bits, std::uint32_t public_exponent) {
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  const crypto::BignumPtr exponent(BN_new());
  EVP_PKEY* key = nullptr;
  if (!context || !exponent || BN_set_word(exponent.get(), public_exponent) != 1 ||
      EVP_PKEY_keygen_init(context.get()) != 1 || EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) != 1 ||
      EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), exponent.get()) != 1 ||
      EVP_PKEY_generate(context.get(), &key) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "the RSA key could not be generated");
  }
  return crypto::PkeyPtr(key);
}

Result<crypto::PkeyPtr> new_ec_key(core::Curve curve) {
  const std::string group(core::row(curve).openssl_group);
  const crypto::PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_group_name(context.get(), group.c_str()) != 1 || EVP_PKEY_generate(context.get(), &key) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "the EC key could not be generated");
  }
  return crypto::PkeyPtr(key);
}

Status fill(EcMaterial& material, core::Curve curve) {
  HSM_TRY(const crypto::PkeyPtr key, new_ec_key(curve));
  const auto point = material.writable_point();
  const auto d = material.writable_d();
  const auto width = static_cast<int>(d.size());
  std::size_t size = 0;
  const crypto::BignumPtr number = number_of(key.get(), OSSL_PKEY_PARAM_PRIV_KEY);
  if (EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) != 1 ||
      size != point.size() || !number || BN_bn2binpad(number.get(), d.data(), width) != width) {
    return crypto::openssl_failed(Errc::kInternal, "the EC key could not be generated");
  }
  return {};
}

}  // namespace

Result<GeneratedKey> generate_rsa(const core::KeySpec& spec, std::uint32_t public_exponent) {
  if (public_exponent < 3 || public_exponent % 2 == 0) {
    return fail(Errc::kBadParameter, "the public exponent must be odd and at least 3");
  }
  HSM_TRY(const crypto::PkeyPtr key, new_rsa_key(spec.bits, public_exponent));
  RsaMaterial material(spec.bits);
  for (const RsaNumberRow& row : kRsaNumbers) {
    const crypto::BignumPtr number = number_of(key.get(), row.param);
    const auto out = material.writable(row.number);
    const auto width = static_cast<int>(out.size());
    if (!number || BN_bn2lebinpad(number.get(), out.data(), width) != width) {
      return crypto::openssl_failed(Errc::kInternal, "the RSA key could not be generated");
    }
  }
  core::PublicKey public_key = material.public_key();
  return GeneratedKey{std::move(material).take(), std::move(public_key)};
}

Result<GeneratedKey> generate_ec(const core::KeySpec& spec, std::uint32_t) {
  EcMaterial material(spec.curve);
  HSM_CHECK(fill(material, spec.curve));
  core::PublicKey public_key = material.public_key();
  return GeneratedKey{std::move(material).take(), std::move(public_key)};
}

// OpenSSL generates P-256K too, but 10 times slower, and the library that will use the key must accept it anyway.
Result<GeneratedKey> generate_secp256k1(const core::KeySpec& spec, std::uint32_t) {
  EcMaterial material(spec.curve);
  do fill_random(material.writable_d());
  while (!fill_secp256k1_point(material));  // all but one in 2^127 are in range
  core::PublicKey public_key = material.public_key();
  return GeneratedKey{std::move(material).take(), std::move(public_key)};
}

Result<GeneratedKey> generate_oct(const core::KeySpec& spec, std::uint32_t) {
  SecretBytes key(spec.bits / 8);
  fill_random(key.writable());
  return GeneratedKey{std::move(key), {}};
}

// Any 32 bytes are a private key (RFC 8032 §5.1.5, RFC 7748 §6.1).
Result<GeneratedKey> generate_okp(const core::KeySpec& spec, std::uint32_t) {
  SecretBytes d(core::row(spec.curve).coordinate_bytes);
  fill_random(d.writable());
  return okp_material(spec.curve, d);
}

}  // namespace hsm::partition
