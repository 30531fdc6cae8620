#pragma once
#include <string>
#include <string_view>

#include "api/json_body.h"
#include "base/result.h"
#include "core/key_record.h"
#include "core/rotation_policy.h"

namespace hsm::api::keys {

// KeyRotationPolicy (reference/keys-api.md §6), members in alphabetical order:
//   {"attributes":{"created"?,"expiryTime"?,"updated"?},"id","lifetimeActions":[{"action":{"type"},"trigger":{…}}]}
// A key without a policy has an empty one (unconfirmed).
std::string rotation_policy(const core::KeyHead& head, std::string_view base_url);

// rotation_policy_of reads the body of a PUT; an empty policy removes what there was. What only the service sets (id,
// created, updated) is ignored, so that a client can send back what it got. kBadParameter: a wrong type, an action that
// is not rotation (Managed HSM notifies nobody), two rotations, not exactly one trigger, a malformed duration.
Result<core::RotationPolicy> rotation_policy_of(const JsonObject& object);

}  // namespace hsm::api::keys
