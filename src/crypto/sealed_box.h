#pragma once
#include <array>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// A sealed box is a message that only the holder of an X25519 key opens: how an open partition gives the master secret
// to a new one. It says nothing of the sender; who the receiver is must be proved apart.
//
//   box := ephemeral public key (32) ‖ AES-256-GCM ciphertext ‖ tag (16)
//   key := HKDF-SHA256(X25519(ephemeral, receiver), info = "strongroom sealed box" ‖ 00 ‖ ephemeral ‖ receiver ‖
//   context)
//
// The key is used once, so the nonce is twelve zero bytes.
inline constexpr std::size_t kX25519Bytes = 32;
using X25519Public = std::array<std::uint8_t, kX25519Bytes>;

class X25519Key {
 public:
  explicit X25519Key(Random& random);             // a fresh one
  explicit X25519Key(const SecretBytes& scalar);  // kX25519Bytes
  const X25519Public& public_key() const { return public_; }
  // agree is RFC 7748 §6.1. kBadParameter: a peer key of another length, or one that makes the result zero.
  Result<SecretBytes> agree(ByteView peer) const;

 private:
  PkeyPtr key_;
  X25519Public public_;
};

// `context` says what is inside and for whom; both sides must give the same. kBadParameter: the receiver's key is none.
Result<Bytes> seal_box(ByteView receiver, std::string_view context, ByteView plaintext, Random& random);
// kBadCiphertext: anything wrong.
Result<SecretBytes> open_box(const X25519Key& receiver, std::string_view context, ByteView box);

}  // namespace hsm::crypto
