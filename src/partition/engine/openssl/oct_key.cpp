#include "partition/engine/openssl/oct_key.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::partition {
namespace {

using core::CryptoReply;
using core::KeyOperation;

Result<CryptoReply> reply_of(Result<SecretBytes> output) {
  if (!output) return std::unexpected(std::move(output).error());
  CryptoReply reply;
  reply.output = *std::move(output);
  return reply;
}

}  // namespace

const std::array<OctKey::SchemeRow, 6> OctKey::kSchemes{{
    {core::Scheme::kAesGcm, &OctKey::gcm},
    {core::Scheme::kAesCbc, &OctKey::cbc},
    {core::Scheme::kAesCbcPad, &OctKey::cbc},
    {core::Scheme::kAesKw, &OctKey::wrap},
    {core::Scheme::kAesKwp, &OctKey::wrap_padded},
    {core::Scheme::kHmac, &OctKey::mac},
}};

Result<std::shared_ptr<const OctKey>> OctKey::load(const core::KeyPolicy& policy, const SecretBytes& material) {
  if (material.size() * 8 != policy.spec.bits) return fail(Errc::kInternal, "the key's material is damaged");
  return std::make_shared<const OctKey>(policy, material.clone());
}

Result<CryptoReply> OctKey::perform(const Job& job) const {
  const auto row = std::ranges::find(kSchemes, job.algorithm->scheme, &SchemeRow::scheme);
  HSM_ASSERT(row != kSchemes.end());
  return (this->*row->perform)(job);
}

Result<CryptoReply> OctKey::gcm(const Job& job) const {
  const AesGcm& gcm = gcm_.get([this] { return AesGcm(key_); });
  return job.operation == KeyOperation::kEncrypt ? gcm.encrypt(job) : gcm.decrypt(job);
}

Result<CryptoReply> OctKey::cbc(const Job& job) const {
  const AesCbc& cbc = cbc_.get([this] { return AesCbc(key_); });
  return job.operation == KeyOperation::kEncrypt ? cbc.encrypt(job) : cbc.decrypt(job);
}

Result<CryptoReply> OctKey::wrap(const Job& job) const {
  return reply_of(job.operation == KeyOperation::kWrapKey ? wrapper().wrap(job.input) : unwrapper().unwrap(job.input));
}

Result<CryptoReply> OctKey::wrap_padded(const Job& job) const {
  return reply_of(job.operation == KeyOperation::kWrapKey ? wrapper().wrap_padded(job.input)
                                                          : unwrapper().unwrap_padded(job.input));
}

const crypto::KeyWrapper& OctKey::wrapper() const {
  return wrapper_.get([this] { return crypto::KeyWrapper(key_); });
}

const crypto::KeyUnwrapper& OctKey::unwrapper() const {
  return unwrapper_.get([this] { return crypto::KeyUnwrapper(key_); });
}

Result<CryptoReply> OctKey::mac(const Job& job) const {
  const core::Digest digest = job.algorithm->digest;
  const auto index = static_cast<std::size_t>(digest) - static_cast<std::size_t>(core::Digest::kSha256);
  const crypto::HmacKey& key = macs_.at(index).get([this, digest] { return crypto::HmacKey(digest, key_); });
  if (job.operation == KeyOperation::kVerify) return verified(key.verify(job.input, job.signature));
  CryptoReply reply;
  reply.output = SecretBytes(core::digest_bytes(digest));
  key.mac_into({job.input}, reply.output.writable());
  return reply;
}

}  // namespace hsm::partition
