#include "partition/engine/openssl/aes_cbc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace hsm::partition {
namespace {

using core::kAesBlockBytes;
using crypto::CipherContextPtr;

EVP_CIPHER* fetch(const char* name) {
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  HSM_ASSERT(cipher != nullptr);
  return cipher;
}

const EVP_CIPHER* cipher_of(std::size_t key_bytes) {
  static const std::array kCiphers{fetch("AES-128-CBC"), fetch("AES-192-CBC"), fetch("AES-256-CBC")};
  HSM_ASSERT(key_bytes == 16 || key_bytes == 24 || key_bytes == 32);
  return kCiphers[key_bytes / 8 - 2];
}

enum class Direction { kDecrypt = 0, kEncrypt = 1 };  // EVP's numbers

CipherContextPtr prepare(const SecretBytes& key, Direction direction) {
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(context && EVP_CipherInit_ex2(context.get(), cipher_of(key.size()), key.reveal().data(), nullptr,
                                           static_cast<int>(direction), nullptr) == 1);
  return context;
}

bool has_padding(const Job& job) {
  return job.algorithm->scheme == core::Scheme::kAesCbcPad;
}

Status check_iv(const Job& job) {
  if (job.iv.size() == kAesBlockBytes) return {};
  return fail(Errc::kBadParameter,
              fmt::format("{} takes an iv of {} bytes, not {}", job.algorithm->name, kAesBlockBytes, job.iv.size()));
}

// run fails only for a bad padding.
Result<core::CryptoReply> run(const CipherContextPtr& prepared, const Job& job, ByteView input) {
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(context && EVP_CIPHER_CTX_copy(context.get(), prepared.get()) == 1);
  HSM_ASSERT(EVP_CipherInit_ex2(context.get(), nullptr, nullptr, job.iv.data(), -1, nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(context.get(), has_padding(job) ? 1 : 0);
  core::CryptoReply reply;
  reply.output = SecretBytes(input.size() + kAesBlockBytes);
  std::uint8_t* out = reply.output.writable().data();
  int written = 0;
  int last = 0;
  if (!input.empty()) {
    HSM_ASSERT(EVP_CipherUpdate(context.get(), out, &written, input.data(), static_cast<int>(input.size())) == 1);
  }
  if (EVP_CipherFinal_ex(context.get(), out + written, &last) != 1) return crypto::bad_ciphertext();
  reply.output.shrink(static_cast<std::size_t>(written + last));
  return reply;
}

}  // namespace

AesCbc::AesCbc(const SecretBytes& key)
    : encrypting_(prepare(key, Direction::kEncrypt)), decrypting_(prepare(key, Direction::kDecrypt)) {}

Result<core::CryptoReply> AesCbc::encrypt(const Job& job) const {
  HSM_CHECK(check_iv(job));
  if (has_padding(job)) return run(encrypting_, job, job.input);
  if (job.input.empty()) {
    return fail(Errc::kBadParameter, fmt::format("{} takes at least one byte", job.algorithm->name));
  }
  SecretBytes padded((job.input.size() + kAesBlockBytes - 1) / kAesBlockBytes * kAesBlockBytes);
  std::ranges::copy(job.input, padded.writable().begin());
  return run(encrypting_, job, padded.reveal());
}

Result<core::CryptoReply> AesCbc::decrypt(const Job& job) const {
  HSM_CHECK(check_iv(job));
  if (job.input.empty() || job.input.size() % kAesBlockBytes != 0) {
    return fail(Errc::kBadParameter, fmt::format("{} takes whole blocks of {} bytes, not {} bytes", job.algorithm->name,
                                                 kAesBlockBytes, job.input.size()));
  }
  return run(decrypting_, job, job.input);
}

}  // namespace hsm::partition
