#include "service/keys.h"

namespace hsm::service {

Result<ReleasedKey> Keys::release(const ReleaseKey& request, Operation& operation) {
  HSM_TRY(const KeyPointer key, cache_.load(request.name, request.version));
  add_version(operation, operation.event.key_id, key->version);
  HSM_CHECK(core::check_release(*key));
  HSM_TRY(core::ReleasedKey released, partitions_.release({.key = *key->material,
                                                           .policy = key->release_policy->text,
                                                           .token = request.token,
                                                           .encryption = request.encryption}));
  return ReleasedKey{key, std::move(released)};
}

}  // namespace hsm::service
