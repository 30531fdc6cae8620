#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "release/authority_keys.h"

namespace hsm::release {

// PinnedKeys are the keys that the operator has put into files, read before a partition enters its sandbox. Immutable
// once all are added.
class PinnedKeys final : public AuthorityKeys {
 public:
  // add takes an authority's key set (a JWKS, RFC 7517 §5). kBadParameter: not a key set, or without a usable key.
  Status add(std::string issuer, std::string_view key_set);

  Result<std::shared_ptr<const jose::JwkSet>> keys_of(std::string_view issuer, std::string_view kid) override;

 private:
  struct Authority {
    std::string issuer;
    std::shared_ptr<const jose::JwkSet> keys;
  };
  std::vector<Authority> authorities_;
};

}  // namespace hsm::release
