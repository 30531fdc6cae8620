#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "api/keys/rotation_policy_json.h"

namespace hsm::api::keys {

Result<Reply> get_rotation_policy(Call& call) {
  HSM_TRY(const core::KeyHead head, call.hsm->keys.head(*call.target.key));
  return Reply{.body = rotation_policy(head, call.base_url)};
}

Result<Reply> set_rotation_policy(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const core::RotationPolicy policy, rotation_policy_of(*object));
  HSM_TRY(const core::KeyHead head, call.hsm->keys.set_rotation_policy(*call.target.key, policy, call.operation));
  return Reply{.body = rotation_policy(head, call.base_url)};
}

Result<Reply> rotate(Call& call) {
  HSM_TRY(const core::KeyRecord record, call.hsm->keys.rotate(*call.target.key, call.operation));
  return Reply{.body = key_bundle(record, rendering_for(call))};
}

}  // namespace hsm::api::keys
