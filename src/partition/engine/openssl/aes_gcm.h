#pragma once
#include "crypto/aead.h"
#include "partition/engine/engine.h"
#include "partition/engine/openssl/gcm_iv.h"

namespace hsm::partition {

// AesGcm encrypts with an IV of its own making, so that a client can't repeat one, and decrypts (SP 800-38D). IVs have
// 12 bytes and tags 16, both ways. The size of the key is that of the algorithm (core::suits). Thread-safe.
class AesGcm {
 public:
  explicit AesGcm(const SecretBytes& key) : key_(key) {}
  // kBadParameter: an IV was given.
  Result<core::CryptoReply> encrypt(const Job& job) const;
  // kBadParameter: a wrong length of IV or tag. kBadCiphertext: the tag does not fit.
  Result<core::CryptoReply> decrypt(const Job& job) const;

 private:
  crypto::AeadKey key_;
  mutable GcmIvSequence ivs_;
};

}  // namespace hsm::partition
