#include "api/handlers.h"
#include "api/keys/key_json.h"

namespace hsm::api::keys {

Result<Prepared> get(Call& call) {
  const service::KeyPointer key = call.hsm->keys.peek(*call.target.key, call.target.version);
  if (!key) return LoadKey{};
  call.operation.event.key_id = key_id(*key, call.base_url);
  return Reply{.body = key_bundle(*key, call.base_url, call.hsm->keys.settings())};
}

}  // namespace hsm::api::keys
