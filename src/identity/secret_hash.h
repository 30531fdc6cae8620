#pragma once
#include <array>

#include "base/bytes.h"
#include "base/random.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"

namespace hsm::identity {

// SecretHash recognises a client secret without keeping it: SHA-256 over a random salt and the secret. It lives in
// memory only, and the secrets are machine-made, so no slow hash is needed (one would also let strangers burn CPU).
class SecretHash {
 public:
  SecretHash(ByteView secret, Random& random);  // `secret` lies in wiped memory of the caller's
  // matches takes a time that depends on the attempt's size alone.
  bool matches(ByteView attempt) const;

 private:
  crypto::Sha256Value digest_with_salt(ByteView secret) const;
  std::array<std::uint8_t, 16> salt_{};
  crypto::Sha256Value digest_{};
};

}  // namespace hsm::identity
