#include "identity/secret_hash.h"

namespace hsm::identity {

SecretHash::SecretHash(ByteView secret, Random& random) {
  random.fill(salt_);
  digest_ = digest_with_salt(secret);
}

bool SecretHash::matches(ByteView attempt) const {
  return equal_constant_time(digest_with_salt(attempt), digest_);
}

crypto::Sha256Value SecretHash::digest_with_salt(ByteView secret) const {
  return crypto::sha256({salt_, secret});
}

}  // namespace hsm::identity
