#include "crypto/key_wrap.h"

#include <openssl/modes.h>
#include <openssl/provider.h>

#include <array>
#include <string_view>

#include "base/assert.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

enum class Direction { kUnwrap = 0, kWrap = 1 };  // EVP's numbers

// OpenSSL's wrap ciphers run AES in plain code: 3 µs for 32 bytes, 330 µs for an RSA-2048 key. Its wrap modes take any
// block function, so they are given EVP's AES, which uses the processor's instructions: a third of that, and less.
using ModeFunction = std::size_t (*)(void*, const unsigned char*, unsigned char*, const unsigned char*, std::size_t,
                                     block128_f);
struct Mode {
  ModeFunction function;
  Direction direction;
  std::array<const char*, 3> ciphers;  // the same as a whole, by the size of the KEK
};
constexpr std::array<const char*, 3> kKwCiphers{"AES-128-WRAP", "AES-192-WRAP", "AES-256-WRAP"};
constexpr std::array<const char*, 3> kKwpCiphers{"AES-128-WRAP-PAD", "AES-192-WRAP-PAD", "AES-256-WRAP-PAD"};
constexpr Mode kWrap{CRYPTO_128_wrap, Direction::kWrap, kKwCiphers};
constexpr Mode kUnwrap{CRYPTO_128_unwrap, Direction::kUnwrap, kKwCiphers};
constexpr Mode kWrapPadded{CRYPTO_128_wrap_pad, Direction::kWrap, kKwpCiphers};
constexpr Mode kUnwrapPadded{CRYPTO_128_unwrap_pad, Direction::kUnwrap, kKwpCiphers};

const EVP_CIPHER* fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  HSM_ASSERT(cipher != nullptr);
  return cipher;
}

std::size_t place_of(const SecretBytes& kek) {
  return kek.size() / 8 - 2;
}

const EVP_CIPHER* block_cipher(const SecretBytes& kek) {
  static const std::array<const EVP_CIPHER*, 3> kCiphers = {fetch("AES-128-ECB"), fetch("AES-192-ECB"),
                                                            fetch("AES-256-ECB")};
  return kCiphers[place_of(kek)];
}

// Where AES comes from a FIPS module, so must key wrap: the module is validated for its own modes, not for what is made
// of its blocks outside of it (SP 800-38F).
bool module_wraps(const SecretBytes& kek) {
  return std::string_view(OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(block_cipher(kek)))) == "fips";
}

void run_block(const unsigned char in[16], unsigned char out[16], const void* context) {
  auto* const cipher = static_cast<EVP_CIPHER_CTX*>(const_cast<void*>(context));
  int size = 0;
  HSM_ASSERT(EVP_CipherUpdate(cipher, out, &size, in, 16) == 1 && size == 16);
}

Status check_kek(const SecretBytes& kek) {
  if (kek.size() == 16 || kek.size() == 24 || kek.size() == 32) return {};
  return fail(Errc::kBadParameter, "the key-encryption key must have 128, 192 or 256 bits");
}

std::unexpected<Error> wrong_length() {
  return fail(Errc::kBadParameter, "the length of the key to wrap or unwrap is not allowed");
}

CipherContextPtr prepare(Direction direction, const SecretBytes& kek) {
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(context);
  HSM_ASSERT(EVP_CipherInit_ex2(context.get(), block_cipher(kek), kek.reveal().data(), nullptr,
                                static_cast<int>(direction), nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  return context;
}

// Both give the number of bytes written to `out`, or 0 when the integrity check failed. The initial value is RFC 3394's
// or RFC 5649's own.
std::size_t run_over_blocks(const Mode& mode, const CipherContextPtr& prepared, ByteView in,
                            std::span<std::uint8_t> out) {
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(context && EVP_CIPHER_CTX_copy(context.get(), prepared.get()) == 1);
  return mode.function(context.get(), nullptr, out.data(), in.data(), in.size(), run_block);
}

std::size_t run_in_module(const Mode& mode, const SecretBytes& kek, ByteView in, std::span<std::uint8_t> out) {
  const Owned<EVP_CIPHER, EVP_CIPHER_free> cipher(EVP_CIPHER_fetch(nullptr, mode.ciphers[place_of(kek)], nullptr));
  const CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(cipher && context);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  HSM_ASSERT(EVP_CipherInit_ex2(context.get(), cipher.get(), kek.reveal().data(), nullptr,
                                static_cast<int>(mode.direction), nullptr) == 1);
  int size = 0;
  if (EVP_CipherUpdate(context.get(), out.data(), &size, in.data(), static_cast<int>(in.size())) != 1) return 0;
  return static_cast<std::size_t>(size);
}

std::size_t run(const Mode& mode, const PreparedKek& kek, ByteView in, std::span<std::uint8_t> out) {
  const std::size_t size = kek.for_module.empty() ? run_over_blocks(mode, kek.blocks, in, out)
                                                  : run_in_module(mode, kek.for_module, in, out);
  HSM_ASSERT(size <= out.size());
  return size;
}

PreparedKek prepare_kek(Direction direction, const SecretBytes& kek) {
  if (module_wraps(kek)) return {.for_module = kek.clone()};
  return {.blocks = prepare(direction, kek)};
}

Result<SecretBytes> wrap(const Mode& mode, const PreparedKek& kek, ByteView key) {
  SecretBytes out((key.size() + 7) / 8 * 8 + kKeyWrapBlockBytes);
  if (run(mode, kek, key, out.writable()) != out.size()) {
    return openssl_failed(Errc::kInternal, "a key could not be wrapped");
  }
  return out;
}

Result<SecretBytes> unwrap(const Mode& mode, const PreparedKek& kek, ByteView wrapped) {
  SecretBytes out(wrapped.size());
  const std::size_t size = run(mode, kek, wrapped, out.writable());
  if (size == 0) return bad_ciphertext();
  out.shrink(size);
  return out;
}

Result<Bytes> plain_bytes(const Result<SecretBytes>& wrapped) {
  if (!wrapped) return std::unexpected(wrapped.error());
  return Bytes(wrapped->reveal().begin(), wrapped->reveal().end());
}

}  // namespace

KeyWrapper::KeyWrapper(const SecretBytes& kek) : kek_(prepare_kek(Direction::kWrap, kek)) {}

Result<SecretBytes> KeyWrapper::wrap(ByteView key) const {
  if (key.size() % 8 != 0 || key.size() < kKeyWrapBytesMin || key.size() > kKeyWrapBytesMax) return wrong_length();
  return crypto::wrap(kWrap, kek_, key);
}

Result<SecretBytes> KeyWrapper::wrap_padded(ByteView key) const {
  if (key.empty() || key.size() > kKeyWrapBytesMax) return wrong_length();
  return crypto::wrap(kWrapPadded, kek_, key);
}

KeyUnwrapper::KeyUnwrapper(const SecretBytes& kek) : kek_(prepare_kek(Direction::kUnwrap, kek)) {}

Result<SecretBytes> KeyUnwrapper::unwrap(ByteView wrapped) const {
  if (wrapped.size() % 8 != 0 || wrapped.size() < kKeyWrapBytesMin + kKeyWrapBlockBytes ||
      wrapped.size() > kKeyWrapBytesMax + kKeyWrapBlockBytes) {
    return wrong_length();
  }
  return crypto::unwrap(kUnwrap, kek_, wrapped);
}

Result<SecretBytes> KeyUnwrapper::unwrap_padded(ByteView wrapped) const {
  if (wrapped.size() % 8 != 0 || wrapped.size() < 2 * kKeyWrapBlockBytes ||
      wrapped.size() > kKeyWrapBytesMax + kKeyWrapBlockBytes) {
    return wrong_length();
  }
  return crypto::unwrap(kUnwrapPadded, kek_, wrapped);
}

Result<Bytes> wrap_key(const SecretBytes& kek, ByteView key) {
  HSM_CHECK(check_kek(kek));
  return plain_bytes(KeyWrapper(kek).wrap(key));
}

Result<SecretBytes> unwrap_key(const SecretBytes& kek, ByteView wrapped) {
  HSM_CHECK(check_kek(kek));
  return KeyUnwrapper(kek).unwrap(wrapped);
}

Result<Bytes> wrap_key_padded(const SecretBytes& kek, ByteView key) {
  HSM_CHECK(check_kek(kek));
  return plain_bytes(KeyWrapper(kek).wrap_padded(key));
}

Result<SecretBytes> unwrap_key_padded(const SecretBytes& kek, ByteView wrapped) {
  HSM_CHECK(check_kek(kek));
  return KeyUnwrapper(kek).unwrap_padded(wrapped);
}

}  // namespace hsm::crypto
