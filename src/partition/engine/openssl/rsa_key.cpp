#include "partition/engine/openssl/rsa_key.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "base/assert.h"
#include "crypto/digest.h"
#include "crypto/public_key.h"
#include "partition/engine/openssl/rsa_material.h"

namespace hsm::partition {
namespace {

using core::AlgorithmRow;
using core::Scheme;
using crypto::PkeyContextPtr;
using Use = RsaKey::Use;

constexpr std::size_t kPkcs1OverheadBytes = 11;  // RFC 8017 §7.2.1, §9.2

struct UseRow {
  Use use;
  int (*init)(EVP_PKEY_CTX*);
  bool is_private;
};
constexpr auto kUses = std::to_array<UseRow>({
    {Use::kSign, EVP_PKEY_sign_init, true},
    {Use::kVerify, EVP_PKEY_verify_init, false},
    {Use::kEncrypt, EVP_PKEY_encrypt_init, false},
    {Use::kDecrypt, EVP_PKEY_decrypt_init, true},
});
static_assert(kUses.size() == static_cast<std::size_t>(Use::kCount_));

// How each scheme sets a context up. Nothing is left to a default of OpenSSL.
bool use_pkcs1(EVP_PKEY_CTX* context, const EVP_MD*) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
}
bool use_pkcs1_digest(EVP_PKEY_CTX* context, const EVP_MD* md) {
  return use_pkcs1(context, md) && EVP_PKEY_CTX_set_signature_md(context, md) == 1;
}
bool use_pss(EVP_PKEY_CTX* context, const EVP_MD* md) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context, md) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}
bool use_oaep(EVP_PKEY_CTX* context, const EVP_MD* md) {  // the label stays empty
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, md) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1;
}

struct SchemeRow {
  Scheme scheme;
  bool (*set_up)(EVP_PKEY_CTX*, const EVP_MD*);
};
constexpr auto kSchemes = std::to_array<SchemeRow>({
    {Scheme::kRsaSignPkcs1, use_pkcs1_digest},
    {Scheme::kRsaSignPss, use_pss},
    {Scheme::kRsaSignRaw, use_pkcs1},  // without a digest OpenSSL adds no DigestInfo
    {Scheme::kRsaEncryptPkcs1, use_pkcs1},
    {Scheme::kRsaEncryptOaep, use_oaep},
});

PkeyContextPtr prepare(EVP_PKEY* key, const AlgorithmRow& algorithm, Use use) {
  const auto scheme = std::ranges::find(kSchemes, algorithm.scheme, &SchemeRow::scheme);
  HSM_ASSERT(scheme != kSchemes.end());
  const EVP_MD* md = algorithm.digest == core::Digest::kNone ? nullptr : crypto::fetched(algorithm.digest);
  PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const UseRow& row = kUses[static_cast<std::size_t>(use)];
  if (!context || row.init(context.get()) != 1 || !scheme->set_up(context.get(), md)) context.reset();
  return context;
}

// The largest plaintext (RFC 8017 §7.1.1, §7.2.1).
std::size_t plaintext_bytes_max(const AlgorithmRow& algorithm, std::size_t modulus_bytes) {
  if (algorithm.scheme == Scheme::kRsaEncryptPkcs1) return modulus_bytes - kPkcs1OverheadBytes;
  return modulus_bytes - 2 * core::digest_bytes(algorithm.digest) - 2;
}

// OpenSSL wants an address even for no bytes.
const std::uint8_t* address(ByteView bytes) {
  static constexpr std::uint8_t kNone = 0;
  return bytes.empty() ? &kNone : bytes.data();
}

Status check_signed_size(const AlgorithmRow& algorithm, ByteView input, std::size_t modulus_bytes) {
  if (algorithm.scheme != Scheme::kRsaSignRaw) return check_digest_size(algorithm, input);
  const std::size_t most = modulus_bytes - kPkcs1OverheadBytes;
  if (!input.empty() && input.size() <= most) return {};
  return fail(Errc::kBadParameter,
              fmt::format("{} takes 1 to {} bytes with this key, not {}", algorithm.name, most, input.size()));
}

}  // namespace

RsaKey::RsaKey(const core::KeyPolicy& policy, crypto::PkeyPtr key, bool has_private_half)
    : EngineKey(policy),
      key_(std::move(key)),
      modulus_bytes_(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))),
      has_private_half_(has_private_half) {}

Result<std::shared_ptr<const RsaKey>> RsaKey::load(const core::KeyPolicy& policy, const SecretBytes& material) {
  HSM_TRY(const RsaMaterial numbers, RsaMaterial::read(material, policy.spec.bits));
  HSM_TRY(crypto::PkeyPtr pkey, numbers.key_pair());
  auto key = std::make_shared<const RsaKey>(policy, std::move(pkey), true);
  HSM_CHECK(key->warm_up());
  return key;
}

Result<std::shared_ptr<const RsaKey>> RsaKey::load_public(const core::KeyPolicy& policy, const core::PublicKey& key) {
  HSM_TRY(crypto::PkeyPtr pkey, crypto::rsa_public_key(key.modulus, key.exponent));
  if (EVP_PKEY_get_bits(pkey.get()) != policy.spec.bits) {
    return fail(Errc::kBadParameter, "the RSA modulus has a wrong size");
  }
  return std::make_shared<const RsaKey>(policy, std::move(pkey), false);
}

Status RsaKey::warm_up() const {
  const std::array<std::uint8_t, 32> digest{};
  Job job;
  job.key = this;
  job.algorithm = &core::row(core::Algorithm::kRs256);
  job.input = digest;
  HSM_TRY(const core::CryptoReply signature, sign(job));
  job.signature = signature.output.reveal();
  HSM_TRY(const core::CryptoReply reply, verify(job));
  if (!reply.verified) return fail(Errc::kInternal, "the key's material is damaged");
  return {};
}

Result<PkeyContextPtr> RsaKey::context(const AlgorithmRow& algorithm, Use use) const {
  const bool is_private = kUses[static_cast<std::size_t>(use)].is_private;
  if (is_private && !has_private_half_) return no_private_half();
  const auto& lazy = contexts_[is_private ? 1 : 0][static_cast<std::size_t>(algorithm.algorithm) - 1];
  const PkeyContextPtr& prepared = lazy.get([this, &algorithm, use] { return prepare(key_.get(), algorithm, use); });
  PkeyContextPtr copy(prepared ? EVP_PKEY_CTX_dup(prepared.get()) : nullptr);
  if (!copy) return crypto::openssl_failed(Errc::kInternal, "RSA is not available");
  return copy;
}

Result<core::CryptoReply> RsaKey::perform(const Job& job) const {
  using enum core::KeyOperation;
  switch (job.operation) {
    case kSign:
      return sign(job);
    case kVerify:
      return verify(job);
    case kEncrypt:
    case kWrapKey:
      return encrypt(job);
    case kDecrypt:
    case kUnwrapKey:
      return decrypt(job);
    default:
      return fail(Errc::kBadParameter, "RSA has no such operation");
  }
}

Result<core::CryptoReply> RsaKey::sign(const Job& job) const {
  HSM_CHECK(check_signed_size(*job.algorithm, job.input, modulus_bytes_));
  HSM_TRY(const PkeyContextPtr context, this->context(*job.algorithm, Use::kSign));
  core::CryptoReply reply;
  reply.output = SecretBytes(modulus_bytes_);
  std::size_t size = modulus_bytes_;
  if (EVP_PKEY_sign(context.get(), reply.output.writable().data(), &size, job.input.data(), job.input.size()) != 1 ||
      size != modulus_bytes_) {
    return crypto::openssl_failed(Errc::kInternal, "RSA signing failed");
  }
  return reply;
}

Result<core::CryptoReply> RsaKey::verify(const Job& job) const {
  HSM_CHECK(check_signed_size(*job.algorithm, job.input, modulus_bytes_));
  if (job.signature.size() != modulus_bytes_) return verified(false);
  HSM_TRY(const PkeyContextPtr context, this->context(*job.algorithm, Use::kVerify));
  const bool good = EVP_PKEY_verify(context.get(), job.signature.data(), job.signature.size(), job.input.data(),
                                    job.input.size()) == 1;
  ERR_clear_error();
  return verified(good);
}

Result<core::CryptoReply> RsaKey::encrypt(const Job& job) const {
  const std::size_t most = plaintext_bytes_max(*job.algorithm, modulus_bytes_);
  if (job.input.size() > most) {
    return fail(Errc::kBadParameter, fmt::format("{} takes at most {} bytes with this key, not {}", job.algorithm->name,
                                                 most, job.input.size()));
  }
  HSM_TRY(const PkeyContextPtr context, this->context(*job.algorithm, Use::kEncrypt));
  core::CryptoReply reply;
  reply.output = SecretBytes(modulus_bytes_);
  std::size_t size = modulus_bytes_;
  if (EVP_PKEY_encrypt(context.get(), reply.output.writable().data(), &size, address(job.input), job.input.size()) !=
          1 ||
      size != modulus_bytes_) {
    return crypto::openssl_failed(Errc::kInternal, "RSA encryption failed");
  }
  return reply;
}

// Every failure is the same answer, a wrong length included, so that nothing is learned about the padding (RFC 8017
// §7.2.2; the padding itself is checked in constant time by OpenSSL). From 3.2 on OpenSSL answers a bad RSA1_5 padding
// with a plaintext that is random but the same each time, which tells even less.
Result<core::CryptoReply> RsaKey::decrypt(const Job& job) const {
  HSM_TRY(const PkeyContextPtr context, this->context(*job.algorithm, Use::kDecrypt));
  if (job.input.size() != modulus_bytes_) return crypto::bad_ciphertext();
  core::CryptoReply reply;
  reply.output = SecretBytes(modulus_bytes_);
  std::size_t size = modulus_bytes_;
  if (EVP_PKEY_decrypt(context.get(), reply.output.writable().data(), &size, job.input.data(), job.input.size()) != 1) {
    return crypto::bad_ciphertext();
  }
  reply.output.shrink(size);
  return reply;
}

}  // namespace hsm::partition
