#include "partition/engine/openssl/ec_key.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <string>

#include "crypto/public_key.h"
#include "crypto/signature.h"

namespace hsm::partition {
namespace {

using crypto::PkeyContextPtr;

constexpr std::size_t kDerBytesMax = 139;  // P-521: SEQUENCE of two INTEGERs of 66 bytes and a sign bit's byte

PkeyContextPtr prepare(EVP_PKEY* key, int (*init)(EVP_PKEY_CTX*)) {
  PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!context || init(context.get()) != 1) context.reset();
  return context;
}

}  // namespace

Result<crypto::PkeyPtr> ec_key_pair(const EcMaterial& material, core::Curve curve) {
  SecretBytes d = SecretBytes::copy(material.d());
  std::ranges::reverse(d.writable());  // OpenSSL takes numbers in the machine's order
  std::string group(core::row(curve).openssl_group);
  std::array<OSSL_PARAM, 4> params{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
      crypto::octet_param(OSSL_PKEY_PARAM_PUB_KEY, material.point()),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, d.writable().data(), d.size()), OSSL_PARAM_construct_end()};
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, params.data()) != 1) {
    return crypto::openssl_failed(Errc::kBadParameter, "the EC key is not a point of its curve");
  }
  return crypto::PkeyPtr(key);
}

EcKey::EcKey(const core::KeyPolicy& policy, crypto::PkeyPtr key, PkeyContextPtr signing, PkeyContextPtr verifying)
    : EngineKey(policy),
      key_(std::move(key)),
      signing_(std::move(signing)),
      verifying_(std::move(verifying)),
      width_(core::row(policy.spec.curve).coordinate_bytes) {}

Result<std::shared_ptr<const EcKey>> EcKey::load(const core::KeyPolicy& policy, const SecretBytes& material) {
  HSM_TRY(const EcMaterial numbers, EcMaterial::read(material, policy.spec.curve));
  HSM_TRY(crypto::PkeyPtr pkey, ec_key_pair(numbers, policy.spec.curve));
  PkeyContextPtr signing = prepare(pkey.get(), EVP_PKEY_sign_init);
  PkeyContextPtr verifying = prepare(pkey.get(), EVP_PKEY_verify_init);
  if (!signing || !verifying) return crypto::openssl_failed(Errc::kInternal, "ECDSA is not available");
  return std::make_shared<const EcKey>(policy, std::move(pkey), std::move(signing), std::move(verifying));
}

Result<std::shared_ptr<const EcKey>> EcKey::load_public(const core::KeyPolicy& policy, const core::PublicKey& key) {
  HSM_TRY(crypto::PkeyPtr pkey, crypto::ec_public_key(policy.spec.curve, key.x, key.y));
  PkeyContextPtr verifying = prepare(pkey.get(), EVP_PKEY_verify_init);
  if (!verifying) return crypto::openssl_failed(Errc::kInternal, "ECDSA is not available");
  return std::make_shared<const EcKey>(policy, std::move(pkey), nullptr, std::move(verifying));
}

Result<core::CryptoReply> EcKey::perform(const Job& job) const {
  HSM_CHECK(check_digest_size(*job.algorithm, job.input));
  return job.operation == core::KeyOperation::kSign ? sign(job) : verify(job);
}

Result<core::CryptoReply> EcKey::sign(const Job& job) const {
  if (!signing_) return no_private_half();
  const PkeyContextPtr context(EVP_PKEY_CTX_dup(signing_.get()));
  std::array<std::uint8_t, kDerBytesMax> der{};
  std::size_t size = der.size();
  if (!context || EVP_PKEY_sign(context.get(), der.data(), &size, job.input.data(), job.input.size()) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "ECDSA signing failed");
  }
  HSM_TRY(Bytes fixed, crypto::ecdsa_der_to_fixed(ByteView(der).first(size), width_));
  core::CryptoReply reply;
  reply.output = SecretBytes::take(fixed);
  return reply;
}

Result<core::CryptoReply> EcKey::verify(const Job& job) const {
  if (job.signature.size() != 2 * width_) return verified(false);
  HSM_TRY(const Bytes der, crypto::ecdsa_fixed_to_der(job.signature, width_));
  const PkeyContextPtr context(EVP_PKEY_CTX_dup(verifying_.get()));
  if (!context) return crypto::openssl_failed(Errc::kInternal, "ECDSA verification failed");
  const bool good = EVP_PKEY_verify(context.get(), der.data(), der.size(), job.input.data(), job.input.size()) == 1;
  ERR_clear_error();
  return verified(good);
}

}  // namespace hsm::partition
