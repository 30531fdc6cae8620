// Key sets of issuers. Every key that is let through must be a sound one that reads the same after it was written out.
#include <boost/json/object.hpp>
#include <cstdint>

#include "base/assert.h"
#include "crypto/jose/jwk.h"
#include "crypto/public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto set = hsm::jose::JwkSet::parse(hsm::text_of({data, size}));
  if (!set) return 0;
  for (const hsm::jose::Jwk& jwk : set->keys()) {
    const auto members = hsm::crypto::public_members(jwk.key.get());
    HSM_ASSERT(members);
    const auto again = hsm::jose::parse_jwk(hsm::jose::jwk_of(*members, jwk.spec));
    HSM_ASSERT(again && again->spec == jwk.spec);
    HSM_ASSERT(EVP_PKEY_eq(again->key.get(), jwk.key.get()) == 1);
    HSM_ASSERT(!set->find(jwk.kid).empty() || jwk.kid.empty());
  }
  return 0;
}
