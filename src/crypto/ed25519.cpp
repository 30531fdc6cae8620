#include "crypto/ed25519.h"

#include "base/assert.h"

namespace hsm::crypto {

Ed25519Key::Ed25519Key(const SecretBytes& seed)
    : key_(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, seed.reveal().data(), seed.size())) {
  HSM_ASSERT(seed.size() == kEd25519SeedBytes && key_);
  std::size_t size = public_.size();
  HSM_ASSERT(EVP_PKEY_get_raw_public_key(key_.get(), public_.data(), &size) == 1 && size == public_.size());
}

Ed25519Signature Ed25519Key::sign(ByteView message) const {
  const DigestContextPtr context(EVP_MD_CTX_new());
  Ed25519Signature signature;
  std::size_t size = signature.size();
  HSM_ASSERT(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
             EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1 &&
             size == signature.size());
  return signature;
}

bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature) {
  if (public_key.size() != Ed25519Public{}.size() || signature.size() != Ed25519Signature{}.size()) return false;
  const PkeyPtr key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, public_key.data(), public_key.size()));
  const DigestContextPtr context(EVP_MD_CTX_new());
  const bool right =
      key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  if (!right) openssl_error();
  return right;
}

}  // namespace hsm::crypto
