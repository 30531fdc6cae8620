#pragma once
#include <memory>
#include <string_view>

#include "base/result.h"
#include "crypto/jose/jwk.h"

namespace hsm::release {

// AuthorityKeys is whom a partition believes about the keys of attestation authorities. It never takes them from the
// front end, which could else forge a token and release a key to itself. Thread-safe.
class AuthorityKeys {
 public:
  virtual ~AuthorityKeys() = default;

  // keys_of gives the keys that an authority has published; `kid` is the one that is looked for, which tells an
  // implementation that fetches whether it must do so again. kForbidden: nobody has configured that authority, or
  // has said where its keys are; the message says which and may reach the client. kUnavailable: they are not to be had
  // at the moment.
  virtual Result<std::shared_ptr<const jose::JwkSet>> keys_of(std::string_view issuer, std::string_view kid) = 0;
};

}  // namespace hsm::release
