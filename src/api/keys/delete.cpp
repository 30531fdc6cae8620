#include "api/handlers.h"
#include "api/keys/key_json.h"

namespace hsm::api::keys {

Result<Reply> remove(Call& call) {
  HSM_TRY(const service::DeletedKey key, call.hsm->keys.remove(*call.target.key, call.operation));
  return Reply{.body = deleted_key_bundle(key, rendering_for(call))};
}

Result<Reply> get_deleted(Call& call) {
  HSM_TRY(const service::DeletedKey key, call.hsm->keys.get_deleted(*call.target.key));
  return Reply{.body = deleted_key_bundle(key, rendering_for(call))};
}

Result<Reply> recover(Call& call) {
  HSM_TRY(const core::KeyRecord record, call.hsm->keys.recover(*call.target.key, call.operation));
  return Reply{.body = key_bundle(record, rendering_for(call))};
}

Result<Reply> purge(Call& call) {
  HSM_CHECK(call.hsm->keys.purge(*call.target.key, call.operation));
  return Reply{.body = {}, .status = 204};
}

}  // namespace hsm::api::keys
