#include "crypto/key_wrap.h"

#include <array>
#include <optional>

#include "base/assert.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

enum class Direction { kUnwrap = 0, kWrap = 1 };   // EVP's numbers
using Ciphers = std::array<const EVP_CIPHER*, 3>;  // by KEK size: 16, 24, 32

const EVP_CIPHER* fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  HSM_ASSERT(cipher != nullptr);
  return cipher;
}

const Ciphers& plain() {
  static const Ciphers kCiphers = {fetch("AES-128-WRAP"), fetch("AES-192-WRAP"), fetch("AES-256-WRAP")};
  return kCiphers;
}

const Ciphers& padded() {
  static const Ciphers kCiphers = {fetch("AES-128-WRAP-PAD"), fetch("AES-192-WRAP-PAD"), fetch("AES-256-WRAP-PAD")};
  return kCiphers;
}

Status check_kek(const SecretBytes& kek) {
  if (kek.size() == 16 || kek.size() == 24 || kek.size() == 32) return {};
  return fail(Errc::kBadParameter, "the key-encryption key must have 128, 192 or 256 bits");
}

std::unexpected<Error> wrong_length() {
  return fail(Errc::kBadParameter, "the length of the key to wrap or unwrap is not allowed");
}

// run gives the number of bytes written to `out`, or nothing when the integrity check failed.
std::optional<std::size_t> run(const Ciphers& ciphers, Direction direction, const SecretBytes& kek, ByteView in,
                               std::span<std::uint8_t> out) {
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(context);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  HSM_ASSERT(EVP_CipherInit_ex2(context.get(), ciphers[kek.size() / 8 - 2], kek.reveal().data(), nullptr,
                                static_cast<int>(direction), nullptr) == 1);
  int size = 0;
  if (EVP_CipherUpdate(context.get(), out.data(), &size, in.data(), static_cast<int>(in.size())) != 1) {
    return std::nullopt;
  }
  HSM_ASSERT(size >= 0 && static_cast<std::size_t>(size) <= out.size());
  return static_cast<std::size_t>(size);
}

Result<Bytes> wrap(const Ciphers& ciphers, const SecretBytes& kek, ByteView key) {
  Bytes out((key.size() + 7) / 8 * 8 + kKeyWrapBlockBytes);
  const auto size = run(ciphers, Direction::kWrap, kek, key, out);
  if (!size || *size != out.size()) return openssl_failed(Errc::kInternal, "a key could not be wrapped");
  return out;
}

Result<SecretBytes> unwrap(const Ciphers& ciphers, const SecretBytes& kek, ByteView wrapped) {
  SecretBytes out(wrapped.size());
  const auto size = run(ciphers, Direction::kUnwrap, kek, wrapped, out.writable());
  if (!size) return bad_ciphertext();
  out.shrink(*size);
  return out;
}

}  // namespace

Result<Bytes> wrap_key(const SecretBytes& kek, ByteView key) {
  HSM_CHECK(check_kek(kek));
  if (key.size() % 8 != 0 || key.size() < kKeyWrapBytesMin || key.size() > kKeyWrapBytesMax) return wrong_length();
  return wrap(plain(), kek, key);
}

Result<SecretBytes> unwrap_key(const SecretBytes& kek, ByteView wrapped) {
  HSM_CHECK(check_kek(kek));
  if (wrapped.size() % 8 != 0 || wrapped.size() < kKeyWrapBytesMin + kKeyWrapBlockBytes ||
      wrapped.size() > kKeyWrapBytesMax + kKeyWrapBlockBytes) {
    return wrong_length();
  }
  return unwrap(plain(), kek, wrapped);
}

Result<Bytes> wrap_key_padded(const SecretBytes& kek, ByteView key) {
  HSM_CHECK(check_kek(kek));
  if (key.empty() || key.size() > kKeyWrapBytesMax) return wrong_length();
  return wrap(padded(), kek, key);
}

Result<SecretBytes> unwrap_key_padded(const SecretBytes& kek, ByteView wrapped) {
  HSM_CHECK(check_kek(kek));
  if (wrapped.size() % 8 != 0 || wrapped.size() < 2 * kKeyWrapBlockBytes ||
      wrapped.size() > kKeyWrapBytesMax + kKeyWrapBlockBytes) {
    return wrong_length();
  }
  return unwrap(padded(), kek, wrapped);
}

}  // namespace hsm::crypto
