#include "crypto/rsa_oaep.h"

#include <openssl/rsa.h>

namespace hsm::crypto {
namespace {

bool is_rsa(const EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_is_a(key, "RSA") == 1;
}

bool set_oaep(EVP_PKEY_CTX* context, Digest digest) {
  const EVP_MD* md = fetched(digest);
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, md) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) == 1;
}

}  // namespace

Result<Bytes> rsa_oaep_encrypt(EVP_PKEY* key, Digest digest, ByteView plaintext) {
  if (!is_rsa(key)) return fail(Errc::kBadParameter, "the key is not an RSA key");
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = out.size();
  if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get(), digest) ||
      EVP_PKEY_encrypt(context.get(), out.data(), &size, plaintext.data(), plaintext.size()) != 1) {
    return openssl_failed(Errc::kBadParameter, "the value can't be encrypted with this key");
  }
  out.resize(size);
  return out;
}

Result<SecretBytes> rsa_oaep_decrypt(EVP_PKEY* key, Digest digest, ByteView ciphertext) {
  if (!is_rsa(key)) return bad_ciphertext();
  const PkeyContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  SecretBytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key)));
  std::size_t size = out.size();
  // RFC 8017 §7.1.2 step 1: the ciphertext has exactly the modulus' length.
  if (!context || ciphertext.size() != size || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      !set_oaep(context.get(), digest) ||
      EVP_PKEY_decrypt(context.get(), out.writable().data(), &size, ciphertext.data(), ciphertext.size()) != 1) {
    return bad_ciphertext();
  }
  out.shrink(size);
  return out;
}

}  // namespace hsm::crypto
