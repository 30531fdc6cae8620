#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "core/key_record.h"
#include "core/release.h"

namespace hsm::core {

// WantedReleasePolicy is one that a request brings.
struct WantedReleasePolicy {
  std::string text;  // canonical
  ReleasePolicyDigest digest{};
  std::optional<std::string> content_type = {};
  std::optional<bool> immutable = {};
};

// ReleaseChanges is all that a request says of release. Absent members leave things as they are.
struct ReleaseChanges {
  std::optional<bool> exportable = {};
  std::optional<WantedReleasePolicy> policy = {};
};

// release_policy_after is the policy of a key's version with `operations` after a request. `before` is the version that
// the request changes, or the one that a new version follows, or nullptr for a new key. Exportable keys have a policy,
// keys for secure wrap or unwrap may have one, others have none; what a key once was it stays, policy included, unless
// the request brings another one and the present one is not immutable (reference/byok-release-attestation.md §3.1; that
// a later version may bring its own is unconfirmed). kBadParameter: the request wants something else.
Result<std::optional<ReleasePolicy>> release_policy_after(const ReleaseChanges& changes, const KeyRecord* before,
                                                          KeyOperations operations);

// check_release tells whether a key may be released at all: enabled and exportable. nbf and exp do not matter (§3.3).
// kForbidden (for a key that is not exportable unconfirmed).
Status check_release(const KeyRecord& record);

}  // namespace hsm::core
