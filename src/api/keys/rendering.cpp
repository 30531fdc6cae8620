#include "api/keys/rendering.h"

#include "api/call.h"
#include "core/api_version.h"

namespace hsm::api::keys {

Rendering rendering_for(const Call& call) {
  return {.base_url = call.base_url,
          .settings = call.hsm->keys.settings(),
          .key_size = core::from_api_version(call.operation.event.operation_version, core::kKeySizeApiVersion)};
}

}  // namespace hsm::api::keys
