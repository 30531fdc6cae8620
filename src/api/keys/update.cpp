#include "api/handlers.h"
#include "api/json_body.h"
#include "api/keys/key_json.h"
#include "api/keys/release_policy_json.h"

namespace hsm::api::keys {

Result<Reply> update(Call& call) {
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  service::UpdateKey request{
      .name = *call.target.key, .version = call.target.version, .operations = {}, .attributes = {}, .tags = {}};
  HSM_TRY(request.operations, key_operations_member(*object));
  HSM_TRY(request.attributes, attributes_member(*object));
  HSM_TRY(request.tags, tags_member(*object));
  HSM_TRY(request.release, release_member(*object));
  HSM_TRY(const core::KeyRecord record, call.hsm->keys.update(request, call.operation));
  return Reply{.body = key_bundle(record, rendering_for(call))};
}

}  // namespace hsm::api::keys
