#pragma once
#include <string>

#include "api/json_body.h"
#include "base/result.h"
#include "core/release_rules.h"

namespace hsm::api::keys {

// The JSON of release policies (reference/byok-release-attestation.md §3.1): {"contentType"?, "data", "immutable"?},
// data being base64url of a policy (release/release_policy.h has its grammar).

// release_member reads what a create, import or update says of release: `release_policy` and attributes.exportable.
Result<core::ReleaseChanges> release_member(const JsonObject& object);

// append_release_policy appends the object; the service always prints all three members.
void append_release_policy(std::string& out, const core::ReleasePolicy& policy);

}  // namespace hsm::api::keys
