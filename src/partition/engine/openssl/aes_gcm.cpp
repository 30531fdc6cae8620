#include "partition/engine/openssl/aes_gcm.h"

#include <fmt/format.h>

namespace hsm::partition {

Result<core::CryptoReply> AesGcm::encrypt(const Job& job) const {
  if (!job.iv.empty()) {
    return fail(Errc::kBadParameter, fmt::format("{} makes its own iv; none may be given", job.algorithm->name));
  }
  const GcmIv iv = ivs_.next();
  core::CryptoReply reply;
  reply.output = SecretBytes(job.input.size());
  reply.iv.assign(iv.begin(), iv.end());
  reply.tag.resize(core::kGcmTagBytes);
  key_.seal_into(iv, job.aad, job.input, reply.output.writable(), reply.tag);
  return reply;
}

Result<core::CryptoReply> AesGcm::decrypt(const Job& job) const {
  if (job.iv.size() != core::kGcmIvBytes || job.tag.size() != core::kGcmTagBytes) {
    return fail(Errc::kBadParameter,
                fmt::format("{} takes an iv of {} bytes and a tag of {}, not {} and {}", job.algorithm->name,
                            core::kGcmIvBytes, core::kGcmTagBytes, job.iv.size(), job.tag.size()));
  }
  core::CryptoReply reply;
  reply.output = SecretBytes(job.input.size());
  HSM_CHECK(key_.open_into(job.iv, job.aad, job.input, job.tag, reply.output.writable()));
  return reply;
}

}  // namespace hsm::partition
