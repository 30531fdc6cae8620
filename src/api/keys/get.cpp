#include "api/handlers.h"

namespace hsm::api::keys {

Result<Prepared> get(Call& call) {
  const service::KeyPointer key = call.hsm->keys.peek(*call.target.key, call.target.version);
  if (!key) return LoadKey{};
  const RenderedKeys::Rendered& rendered = call.front->rendered->of(key, rendering_for(call));
  call.operation.event.key_id = rendered.id;
  return Reply{.body = rendered.bundle};
}

}  // namespace hsm::api::keys
