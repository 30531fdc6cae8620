#include "partition/engine/openssl/openssl_engine.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"
#include "core/approved.h"
#include "crypto/check_value.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/key_wrap.h"
#include "crypto/openssl.h"
#include "partition/engine/openssl/ec_key.h"
#include "partition/engine/openssl/engine_key.h"
#include "partition/engine/openssl/generate.h"
#include "partition/engine/openssl/import.h"
#include "partition/engine/openssl/material_facts.h"
#include "partition/engine/openssl/ml_dsa_key.h"
#include "partition/engine/openssl/oct_key.h"
#include "partition/engine/openssl/okp_key.h"
#include "partition/engine/openssl/release.h"
#include "partition/engine/openssl/rsa_key.h"
#include "partition/engine/openssl/rsa_material.h"
#include "partition/engine/openssl/secp256k1_key.h"
#include "partition/engine/openssl/transfer.h"

namespace hsm::partition {
namespace {

using core::KeySpec;
using core::KeyType;
using LoadResult = Result<std::shared_ptr<const LoadedKey>>;

template <class Key>
LoadResult load_as(const core::KeyPolicy& policy, const SecretBytes& material) {
  HSM_TRY(auto key, Key::load(policy, material));
  return std::shared_ptr<const LoadedKey>(std::move(key));
}

template <class Key>
LoadResult load_public_as(const core::KeyPolicy& policy, const core::PublicKey& key) {
  HSM_TRY(auto loaded, Key::load_public(policy, key));
  return std::shared_ptr<const LoadedKey>(std::move(loaded));
}

// A kind of key is a type, or one curve that has an implementation of its own; the first row that fits counts.
struct KindRow {
  KeyType type;
  core::Curve curve;  // kNone: any
  Result<GeneratedKey> (*generate)(const KeySpec&, std::uint32_t);
  Result<GeneratedKey> (*import)(const KeySpec&, const core::PrivateKey&);
  LoadResult (*load)(const core::KeyPolicy&, const SecretBytes&);
  LoadResult (*load_public)(const core::KeyPolicy&, const core::PublicKey&);
  Result<MaterialFacts> (*facts)(const KeySpec&, const SecretBytes&);
};
constexpr auto kKinds = std::to_array<KindRow>({
    {KeyType::kRsa, core::Curve::kNone, generate_rsa, import_rsa, load_as<RsaKey>, load_public_as<RsaKey>, rsa_facts},
    {KeyType::kEc, core::Curve::kP256K, generate_secp256k1, import_secp256k1, load_as<Secp256k1Key>,
     load_public_as<Secp256k1Key>, ec_facts},
    {KeyType::kEc, core::Curve::kNone, generate_ec, import_ec, load_as<EcKey>, load_public_as<EcKey>, ec_facts},
    {KeyType::kOct, core::Curve::kNone, generate_oct, import_oct, load_as<OctKey>, nullptr, oct_facts},
    {KeyType::kOkp, core::Curve::kNone, generate_okp, import_okp, load_as<OkpKey>, load_public_as<OkpKey>, okp_facts},
});

std::unexpected<Error> no_such_key() {
  return fail(Errc::kBadParameter, "there is no key of such a type and size");
}

Result<const KindRow*> kind_of(const KeySpec& spec) {
  if (!core::valid(spec)) return no_such_key();
  const auto found = std::ranges::find_if(kKinds, [&spec](const KindRow& row) {
    return row.type == spec.type && (row.curve == core::Curve::kNone || row.curve == spec.curve);
  });
  HSM_ASSERT(found != kKinds.end());
  return &*found;
}

Status check_limits(const Job& job) {
  if (job.input.size() > core::kOperationInputBytesMax) {
    return fail(Errc::kBadParameter, fmt::format("the input is longer than {} bytes", core::kOperationInputBytesMax));
  }
  if (job.aad.size() > core::kAadBytesMax) {
    return fail(Errc::kBadParameter, fmt::format("the additional data is longer than {} bytes", core::kAadBytesMax));
  }
  return {};
}

// Of more than 64 bits only the last ones count; an RSA key with such an exponent is refused anyway (import.h).
std::uint64_t exponent_of(const core::PublicKey& key) {
  std::uint64_t exponent = 0;
  for (const std::uint8_t byte : key.exponent) exponent = exponent << 8 | byte;
  return exponent;
}

// reach_openssl makes OpenSSL read its configuration and seed its generator, and sees that every family of algorithms
// is there; what keys look up later is found in memory. In FIPS mode there are no keys on the curves of RFC 7748.
void reach_openssl(bool fips) {
  HSM_ASSERT(OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr) == 1);
  SecretBytes seed(32);
  HSM_ASSERT(RAND_bytes(seed.writable().data(), 32) == 1 && RAND_priv_bytes(seed.writable().data(), 32) == 1);
  const crypto::Owned<EVP_SIGNATURE, EVP_SIGNATURE_free> rsa(EVP_SIGNATURE_fetch(nullptr, "RSA", nullptr));
  const crypto::Owned<EVP_ASYM_CIPHER, EVP_ASYM_CIPHER_free> rsa_cipher(EVP_ASYM_CIPHER_fetch(nullptr, "RSA", nullptr));
  const crypto::Owned<EVP_SIGNATURE, EVP_SIGNATURE_free> ecdsa(EVP_SIGNATURE_fetch(nullptr, "ECDSA", nullptr));
  HSM_ASSERT(rsa && rsa_cipher && ecdsa);
  for (const core::CurveRow& row : core::kOkpCurves) {
    const crypto::Owned<EVP_KEYMGMT, EVP_KEYMGMT_free> okp(
        EVP_KEYMGMT_fetch(nullptr, row.openssl_group.data(), nullptr));
    HSM_ASSERT(okp || fips);
  }
  (void)crypto::hmac(core::Digest::kSha512, seed, {});
  (void)crypto::fetched(core::Digest::kSha1);
  (void)AesGcm(seed);  // each of these ends the process where the algorithm is missing
  (void)AesCbc(seed);
  HSM_ASSERT(crypto::wrap_key(seed, seed.reveal()) && crypto::wrap_key_padded(seed, seed.reveal()));
  for (const std::size_t bytes : {16U, 24U, 32U}) (void)crypto::aes_check_value(SecretBytes(bytes));
  (void)shared_secp256k1_context();
}

}  // namespace

OpenSslEngine::OpenSslEngine(Providers providers) : providers_(std::move(providers)) {
  reach_openssl(providers_.info.fips);
}

Status OpenSslEngine::check_approved(const KeySpec& spec) const {
  if (!providers_.info.fips || core::approved(spec)) return {};
  return fail(Errc::kNotSupported, "This HSM runs in FIPS mode, where keys of this kind are not approved.");
}

Status OpenSslEngine::check_approved_exponent(std::uint64_t exponent) const {
  if (!providers_.info.fips || exponent >= core::kApprovedExponentMin) return {};
  return fail(Errc::kNotSupported,
              "This HSM runs in FIPS mode, where RSA keys with a public exponent below 65537 are not approved.");
}

// A key may be older than FIPS mode.
Status OpenSslEngine::check_approved_material(const KeySpec& spec, const SecretBytes& material) const {
  HSM_CHECK(check_approved(spec));
  if (!providers_.info.fips || spec.type != KeyType::kRsa) return {};
  HSM_TRY(const RsaMaterial numbers, RsaMaterial::read(material, spec.bits));
  return check_approved_exponent(exponent_of(numbers.public_key()));
}

Result<const MlDsaProvider*> OpenSslEngine::ml_dsa(const KeySpec& spec) const {
  if (!core::valid(spec)) return no_such_key();
  if (providers_.ml_dsa) return providers_.ml_dsa.get();
  return fail(Errc::kNotSupported,
              "This HSM has no ML-DSA: it needs OpenSSL's FIPS provider 3.5 (fips_provider), or OpenSSL 3.5 itself.");
}

Status OpenSslEngine::check(const Job& job) const {
  HSM_ASSERT(job.key != nullptr && job.algorithm != nullptr);
  HSM_ASSERT(core::suits(*job.algorithm, job.key->policy().spec, job.operation));
  if (providers_.info.fips && !core::approved(*job.algorithm, job.operation)) {
    return fail(Errc::kNotSupported,
                fmt::format("This HSM runs in FIPS mode, where {} is not approved.", job.algorithm->name));
  }
  return check_limits(job);
}

void OpenSslEngine::perform(std::span<Job> batch) {
  for (Job& job : batch) job.result = perform(job);
}

Result<core::CryptoReply> OpenSslEngine::perform(const Job& job) const {
  HSM_CHECK(check(job));
  return static_cast<const EngineKey*>(job.key)->perform(job);
}

Result<GeneratedKey> OpenSslEngine::generate(const KeySpec& spec, std::uint32_t public_exponent) {
  HSM_CHECK(check_approved(spec));
  if (spec.type == KeyType::kAkp) {
    HSM_TRY(const MlDsaProvider* provider, ml_dsa(spec));
    return generate_ml_dsa(*provider, spec);
  }
  HSM_TRY(const KindRow* kind, kind_of(spec));
  if (spec.type == KeyType::kRsa) HSM_CHECK(check_approved_exponent(public_exponent));
  return kind->generate(spec, public_exponent);
}

Result<GeneratedKey> OpenSslEngine::import(const KeySpec& spec, const core::PrivateKey& key) {
  HSM_CHECK(check_approved(spec));
  if (spec.type == KeyType::kAkp) {
    HSM_TRY(const MlDsaProvider* provider, ml_dsa(spec));
    return import_ml_dsa(*provider, spec, key);
  }
  HSM_TRY(const KindRow* kind, kind_of(spec));
  if (spec.type == KeyType::kRsa) HSM_CHECK(check_approved_exponent(exponent_of(key.public_key)));
  return kind->import(spec, key);
}

Result<TransferredMaterial> OpenSslEngine::import_transfer(const KeySpec& exchange_spec, const SecretBytes& exchange,
                                                           const KeySpec& target, ByteView wrapped, Random& random) {
  if (exchange_spec.type != core::KeyType::kRsa) return fail(Errc::kBadParameter, "an exchange key is an RSA key");
  HSM_CHECK(check_approved_material(exchange_spec, exchange));
  HSM_TRY(const SecretBytes plain, unwrap_transfer(exchange_spec, exchange, wrapped, random));
  HSM_TRY(const TransferContents contents, read_transfer(target, plain));
  HSM_TRY(GeneratedKey key, import(contents.spec, contents.key));
  return TransferredMaterial{contents.spec, std::move(key)};
}

Result<Bytes> OpenSslEngine::export_wrapped(const KeySpec& spec, const SecretBytes& material, const core::PublicKey& to,
                                            core::Digest digest, Random& random) {
  HSM_TRY(const SecretBytes plain, plain_key(spec, material));
  return wrap_for_environment(plain, to, digest, random);
}

Result<std::shared_ptr<const LoadedKey>> OpenSslEngine::load(const core::KeyPolicy& policy,
                                                             const SecretBytes& material) {
  HSM_CHECK(check_approved_material(policy.spec, material));
  if (policy.spec.type == KeyType::kAkp) {
    HSM_TRY(const MlDsaProvider* provider, ml_dsa(policy.spec));
    HSM_TRY(auto key, MlDsaKey::load(*provider, policy, material));
    return std::shared_ptr<const LoadedKey>(std::move(key));
  }
  HSM_TRY(const KindRow* kind, kind_of(policy.spec));
  return kind->load(policy, material);
}

Result<MaterialFacts> OpenSslEngine::facts(const KeySpec& spec, const SecretBytes& material) {
  HSM_CHECK(check_approved(spec));
  if (spec.type == KeyType::kAkp) {
    HSM_TRY(const MlDsaProvider* provider, ml_dsa(spec));
    return ml_dsa_facts(*provider, spec, material);
  }
  HSM_TRY(const KindRow* kind, kind_of(spec));
  return kind->facts(spec, material);
}

Result<std::shared_ptr<const LoadedKey>> OpenSslEngine::load_public(const core::KeyPolicy& policy,
                                                                    const core::PublicKey& key) {
  HSM_CHECK(check_approved(policy.spec));
  if (policy.spec.type == KeyType::kAkp) {
    HSM_TRY(const MlDsaProvider* provider, ml_dsa(policy.spec));
    HSM_TRY(auto loaded, MlDsaKey::load_public(*provider, policy, key));
    return std::shared_ptr<const LoadedKey>(std::move(loaded));
  }
  HSM_TRY(const KindRow* kind, kind_of(policy.spec));
  if (kind->load_public == nullptr) return fail(Errc::kBadParameter, "a symmetric key has no public half");
  return kind->load_public(policy, key);
}

}  // namespace hsm::partition
