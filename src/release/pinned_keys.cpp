#include "release/pinned_keys.h"

#include <algorithm>
#include <utility>

#include "release/issuer.h"

namespace hsm::release {

Status PinnedKeys::add(std::string issuer, std::string_view key_set) {
  HSM_TRY(jose::JwkSet keys, jose::JwkSet::parse(key_set));
  if (keys.keys().empty()) return fail(Errc::kBadParameter, "the key set has no usable key");
  authorities_.push_back({std::move(issuer), std::make_shared<const jose::JwkSet>(std::move(keys))});
  return {};
}

Result<std::shared_ptr<const jose::JwkSet>> PinnedKeys::keys_of(std::string_view issuer, std::string_view) {
  const auto found = std::ranges::find_if(
      authorities_, [issuer](const Authority& authority) { return same_issuer(authority.issuer, issuer); });
  if (found == authorities_.end()) {
    return fail(Errc::kForbidden, "The token's issuer is no attestation authority of this HSM.");
  }
  return found->keys;
}

}  // namespace hsm::release
