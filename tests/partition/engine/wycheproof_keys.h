#pragma once
#include <openssl/core_names.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "crypto/key_pair.h"
#include "partition/engine/openssl/rsa_material.h"
#include "tests/partition/engine/engine_fixture.h"
#include "tests/vectors/wycheproof.h"

// Keys and hashes as the vector files have them.
namespace hsm::partition {

using test::WycheproofCase;

inline Bytes number_of(const EVP_PKEY* key, const char* param) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, param, &raw) != 1) throw std::runtime_error(std::string("no ") + param);
  const crypto::BignumPtr number(raw);
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(raw)));
  BN_bn2bin(raw, bytes.data());
  return bytes;
}

// rsa_members are what a client that imports the key would send.
inline core::PrivateKey rsa_members(const EVP_PKEY* pkey) {
  const auto secret = [pkey](const char* param) { return SecretBytes::copy(number_of(pkey, param)); };
  core::PrivateKey key;
  key.public_key.modulus = number_of(pkey, OSSL_PKEY_PARAM_RSA_N);
  key.public_key.exponent = number_of(pkey, OSSL_PKEY_PARAM_RSA_E);
  key.d = secret(OSSL_PKEY_PARAM_RSA_D);
  key.p = secret(OSSL_PKEY_PARAM_RSA_FACTOR1);
  key.q = secret(OSSL_PKEY_PARAM_RSA_FACTOR2);
  key.dp = secret(OSSL_PKEY_PARAM_RSA_EXPONENT1);
  key.dq = secret(OSSL_PKEY_PARAM_RSA_EXPONENT2);
  key.qi = secret(OSSL_PKEY_PARAM_RSA_COEFFICIENT1);
  return key;
}

inline core::KeySpec rsa(int bits) {
  return {core::KeyType::kRsa, core::Curve::kNone, static_cast<std::uint16_t>(bits)};
}

// Importer imports and loads RSA keys of a file once each. An import that is refused gives nullptr.
// Importing proves the primes, which takes up to a second a key, and some files have 33 keys or more: `proven` of them
// are imported as a client would, the rest laid out without a proof.
inline constexpr std::size_t kAll = 1000;
class Importer {
 public:
  explicit Importer(std::size_t proven) : proven_(proven) {}
  const LoadedKey* rsa_key(const WycheproofCase& c) {
    const std::string name = c.text("privateKeyPkcs8");
    if (const auto known = keys_.find(name); known != keys_.end()) return known->second.get();
    const auto pkey = crypto::private_key_from_der(c.secret("privateKeyPkcs8"));
    EXPECT_TRUE(pkey);
    const core::KeySpec spec = rsa(c.number("keySize"));
    const bool proven = keys_.size() < proven_;
    return keys_.emplace(name, proven ? import(spec, pkey->get()) : laid_out(spec, pkey->get())).first->second.get();
  }

 private:
  static KeyPtr import(const core::KeySpec& spec, const EVP_PKEY* pkey) {
    const auto imported = engine().import(spec, rsa_members(pkey));
    return imported ? loaded(spec, *imported) : nullptr;
  }
  static KeyPtr laid_out(const core::KeySpec& spec, const EVP_PKEY* pkey) {
    if (!core::valid(spec)) return nullptr;
    RsaMaterial material(spec.bits);
    for (const RsaNumberRow& row : kRsaNumbers) {
      const Bytes number = number_of(pkey, row.param);
      std::ranges::copy(number.rbegin(), number.rend(), material.writable(row.number).begin());
    }
    return loaded(spec, GeneratedKey{std::move(material).take(), {}});
  }

  std::size_t proven_;
  std::map<std::string, KeyPtr> keys_;
};

inline KeyPtr oct_key(const SecretBytes& k) {
  core::PrivateKey key;
  key.k = k.clone();
  const auto imported = engine().import(oct(k.size() * 8), key);
  return imported ? loaded(oct(k.size() * 8), *imported) : nullptr;
}

// hash_named is none for hashes that no algorithm of the API uses.
inline std::optional<core::Digest> hash_named(const std::string& name) {
  static const std::map<std::string, core::Digest> kHashes{
      {"SHA-256", core::Digest::kSha256}, {"SHA-384", core::Digest::kSha384}, {"SHA-512", core::Digest::kSha512}};
  const auto found = kHashes.find(name);
  if (found == kHashes.end()) return std::nullopt;
  return found->second;
}

// algorithm_of finds the row with that scheme and hash; for ECDSA also the curve.
inline core::Algorithm algorithm_of(core::Scheme scheme, core::Digest digest, core::Curve curve = core::Curve::kNone) {
  for (const auto& row : core::kAlgorithms) {
    if (row.scheme == scheme && row.digest == digest && row.curve == curve) return row.algorithm;
  }
  throw std::runtime_error("there is no such algorithm");
}

}  // namespace hsm::partition
