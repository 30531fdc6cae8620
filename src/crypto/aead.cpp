#include "crypto/aead.h"

#include <limits>

#include "base/assert.h"

namespace hsm::crypto {
namespace {

const EVP_CIPHER* fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  HSM_ASSERT(cipher != nullptr);
  return cipher;
}

const EVP_CIPHER* fetched_gcm(std::size_t key_bytes) {
  static const EVP_CIPHER* const kAes128 = fetch("AES-128-GCM");
  static const EVP_CIPHER* const kAes192 = fetch("AES-192-GCM");
  static const EVP_CIPHER* const kAes256 = fetch("AES-256-GCM");
  HSM_ASSERT(key_bytes == 16 || key_bytes == 24 || key_bytes == 32);
  return key_bytes == 16 ? kAes128 : key_bytes == 24 ? kAes192 : kAes256;
}

CipherContextPtr copy_of_context(const CipherContextPtr& prepared) {
  CipherContextPtr context(EVP_CIPHER_CTX_new());
  HSM_ASSERT(context && EVP_CIPHER_CTX_copy(context.get(), prepared.get()) == 1);
  return context;
}

int int_size(ByteView bytes) {
  HSM_ASSERT(bytes.size() <= std::numeric_limits<int>::max());
  return static_cast<int>(bytes.size());
}

// OpenSSL takes a null output for associated data, so a message of no bytes is not given to it at all.
bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView in) {
  int size = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &size, in.data(), int_size(in)) == 1;
}

bool finish(EVP_CIPHER_CTX* context) {
  std::uint8_t none[16];  // GCM writes nothing here
  int size = 0;
  return EVP_CipherFinal_ex(context, none, &size) == 1;
}

}  // namespace

AeadKey::AeadKey(const SecretBytes& key) : encrypting_(EVP_CIPHER_CTX_new()), decrypting_(EVP_CIPHER_CTX_new()) {
  const EVP_CIPHER* cipher = fetched_gcm(key.size());
  const std::uint8_t* bytes = key.reveal().data();
  HSM_ASSERT(encrypting_ && EVP_CipherInit_ex2(encrypting_.get(), cipher, bytes, nullptr, 1, nullptr) == 1);
  HSM_ASSERT(decrypting_ && EVP_CipherInit_ex2(decrypting_.get(), cipher, bytes, nullptr, 0, nullptr) == 1);
}

void AeadKey::seal_into(ByteView nonce, ByteView aad, ByteView plaintext, std::span<std::uint8_t> ciphertext,
                        std::span<std::uint8_t> tag) const {
  HSM_ASSERT(nonce.size() == kAeadNonceBytes && ciphertext.size() == plaintext.size() && tag.size() == kAeadTagBytes);
  const CipherContextPtr context = copy_of_context(encrypting_);
  const bool ok = EVP_CipherInit_ex2(context.get(), nullptr, nullptr, nonce.data(), 1, nullptr) == 1 &&
                  update(context.get(), nullptr, aad) && update(context.get(), ciphertext.data(), plaintext) &&
                  finish(context.get()) &&
                  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, tag.data()) == 1;
  HSM_ASSERT(ok);
}

Status AeadKey::open_into(ByteView nonce, ByteView aad, ByteView ciphertext, ByteView tag,
                          std::span<std::uint8_t> plaintext) const {
  HSM_ASSERT(plaintext.size() == ciphertext.size());
  if (nonce.size() != kAeadNonceBytes || tag.size() != kAeadTagBytes) return bad_ciphertext();
  const CipherContextPtr context = copy_of_context(decrypting_);
  const bool ok = EVP_CipherInit_ex2(context.get(), nullptr, nullptr, nonce.data(), 0, nullptr) == 1 &&
                  update(context.get(), nullptr, aad) && update(context.get(), plaintext.data(), ciphertext) &&
                  EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes,
                                      const_cast<std::uint8_t*>(tag.data())) == 1 &&
                  finish(context.get());
  if (!ok) {
    wipe(plaintext);
    return bad_ciphertext();
  }
  return {};
}

Bytes AeadKey::seal(ByteView nonce, ByteView aad, ByteView plaintext) const {
  Bytes out(plaintext.size() + kAeadTagBytes);
  const std::span<std::uint8_t> all(out);
  seal_into(nonce, aad, plaintext, all.first(plaintext.size()), all.last(kAeadTagBytes));
  return out;
}

Result<SecretBytes> AeadKey::open(ByteView nonce, ByteView aad, ByteView sealed) const {
  if (sealed.size() < kAeadTagBytes) return bad_ciphertext();
  SecretBytes plaintext(sealed.size() - kAeadTagBytes);
  HSM_CHECK(open_into(nonce, aad, sealed.first(plaintext.size()), sealed.last(kAeadTagBytes), plaintext.writable()));
  return plaintext;
}

Bytes aead_seal(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView plaintext) {
  return AeadKey(key).seal(nonce, aad, plaintext);
}

Result<SecretBytes> aead_open(const SecretBytes& key, ByteView nonce, ByteView aad, ByteView sealed) {
  return AeadKey(key).open(nonce, aad, sealed);
}

}  // namespace hsm::crypto
