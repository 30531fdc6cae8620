#pragma once
#include <array>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// Ed25519 (RFC 8032 §5.1), the signature of audit checkpoints and attestations.
inline constexpr std::size_t kEd25519SeedBytes = 32;
using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

// Ed25519Key is a key pair made from a seed of kEd25519SeedBytes. Thread-safe.
class Ed25519Key {
 public:
  explicit Ed25519Key(const SecretBytes& seed);
  const Ed25519Public& public_key() const { return public_; }
  Ed25519Signature sign(ByteView message) const;
  EVP_PKEY* get() const { return key_.get(); }  // to issue certificates; stays ours

 private:
  PkeyPtr key_;
  Ed25519Public public_;
};

// ed25519_verify is false for anything wrong, lengths included.
bool ed25519_verify(ByteView public_key, ByteView message, ByteView signature);

}  // namespace hsm::crypto
