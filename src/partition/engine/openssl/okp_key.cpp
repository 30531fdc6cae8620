#include "partition/engine/openssl/okp_key.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>

namespace hsm::partition {
namespace {

using crypto::PkeyContextPtr;
using crypto::PkeyPtr;

constexpr std::uint8_t kFormatVersion = 1;
constexpr std::size_t kSignatureBytes = 64;  // RFC 8032 §5.1.6
constexpr std::size_t kSharedBytes = 32;     // RFC 7748 §6.1

PkeyPtr private_key(core::Curve curve, ByteView d) {
  return PkeyPtr(
      EVP_PKEY_new_raw_private_key_ex(nullptr, core::row(curve).openssl_group.data(), nullptr, d.data(), d.size()));
}

PkeyPtr public_key(core::Curve curve, ByteView x) {
  return PkeyPtr(
      EVP_PKEY_new_raw_public_key_ex(nullptr, core::row(curve).openssl_group.data(), nullptr, x.data(), x.size()));
}

}  // namespace

Result<Bytes> okp_public(core::Curve curve, const EVP_PKEY* key) {
  Bytes x(core::row(curve).coordinate_bytes);
  std::size_t size = x.size();
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key, x.data(), &size) != 1 || size != x.size()) {
    return crypto::openssl_failed(Errc::kInternal, "the OKP key has no public half");
  }
  return x;
}

Result<GeneratedKey> okp_material(core::Curve curve, const SecretBytes& d) {
  const PkeyPtr key = private_key(curve, d.reveal());
  HSM_TRY(Bytes x, okp_public(curve, key.get()));
  SecretBytes material(1 + d.size());
  material.writable()[0] = kFormatVersion;
  std::ranges::copy(d.reveal(), material.writable().subspan(1).begin());
  GeneratedKey made{std::move(material), {}};
  made.public_key.x = std::move(x);
  return made;
}

Result<PkeyPtr> okp_key_pair(core::Curve curve, const SecretBytes& material) {
  const ByteView bytes = material.reveal();
  if (bytes.size() != 1 + core::row(curve).coordinate_bytes || bytes[0] != kFormatVersion) {
    return fail(Errc::kInternal, "the key's material is damaged");
  }
  PkeyPtr key = private_key(curve, bytes.subspan(1));
  if (!key) return crypto::openssl_failed(Errc::kInternal, "the key could not be loaded");
  return key;
}

OkpKey::OkpKey(const core::KeyPolicy& policy, PkeyPtr key, bool has_private_half)
    : EngineKey(policy), key_(std::move(key)), has_private_half_(has_private_half) {}

Result<std::shared_ptr<const OkpKey>> OkpKey::load(const core::KeyPolicy& policy, const SecretBytes& material) {
  HSM_TRY(PkeyPtr key, okp_key_pair(policy.spec.curve, material));
  return std::make_shared<const OkpKey>(policy, std::move(key), true);
}

Result<std::shared_ptr<const OkpKey>> OkpKey::load_public(const core::KeyPolicy& policy, const core::PublicKey& key) {
  PkeyPtr pkey = public_key(policy.spec.curve, key.x);
  if (!pkey) return crypto::openssl_failed(Errc::kBadParameter, "the public key has a wrong length");
  return std::make_shared<const OkpKey>(policy, std::move(pkey), false);
}

Result<core::CryptoReply> OkpKey::perform(const Job& job) const {
  if (job.operation == core::KeyOperation::kVerify) return verify(job);
  if (!has_private_half_) return no_private_half();
  return job.operation == core::KeyOperation::kSign ? sign(job) : agree(job);
}

Result<core::CryptoReply> OkpKey::sign(const Job& job) const {
  const crypto::DigestContextPtr context(EVP_MD_CTX_new());
  core::CryptoReply reply;
  reply.output = SecretBytes(kSignatureBytes);
  std::size_t size = kSignatureBytes;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reply.output.writable().data(), &size, job.input.data(), job.input.size()) != 1 ||
      size != kSignatureBytes) {
    return crypto::openssl_failed(Errc::kInternal, "EdDSA signing failed");
  }
  return reply;
}

Result<core::CryptoReply> OkpKey::verify(const Job& job) const {
  if (job.signature.size() != kSignatureBytes) return verified(false);
  const crypto::DigestContextPtr context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "EdDSA verification failed");
  }
  const bool good = EVP_DigestVerify(context.get(), job.signature.data(), job.signature.size(), job.input.data(),
                                     job.input.size()) == 1;
  ERR_clear_error();
  return verified(good);
}

// OpenSSL refuses a shared secret of zeros, which points of small order give (RFC 7748 §6.1).
Result<core::CryptoReply> OkpKey::agree(const Job& job) const {
  const PkeyPtr peer = public_key(policy().spec.curve, job.input);
  if (!peer) return crypto::openssl_failed(Errc::kBadParameter, "the other party's public key must have 32 bytes");
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (!context || EVP_PKEY_derive_init(context.get()) != 1) {
    return crypto::openssl_failed(Errc::kInternal, "X25519 is not available");
  }
  core::CryptoReply reply;
  reply.output = SecretBytes(kSharedBytes);
  std::size_t size = kSharedBytes;
  if (EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
      EVP_PKEY_derive(context.get(), reply.output.writable().data(), &size) != 1 || size != kSharedBytes) {
    return crypto::openssl_failed(Errc::kBadParameter, "the other party's public key is not usable");
  }
  return reply;
}

}  // namespace hsm::partition
