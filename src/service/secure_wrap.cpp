#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {

Result<SecureWrapped> Keys::secure_wrap(const SecureWrap& request, Operation& operation) {
  HSM_TRY(const KeyPointer key, cache_.load(request.name, request.version));
  add_version(operation, operation.event.key_id, key->version);
  HSM_CHECK(core::check_secure_use(*key, core::KeyOperation::kSecureWrapKey, *core::find_secure_wrap(request.algorithm),
                                   operation.now));
  HSM_TRY(Bytes value, partitions_.secure_wrap({.key = *key->material, .algorithm = request.algorithm}));
  return SecureWrapped{key, std::move(value)};
}

Result<SecureWrapped> Keys::secure_unwrap(const SecureUnwrap& request, Operation& operation) {
  HSM_TRY(const KeyPointer key, cache_.load(request.name, request.version));
  add_version(operation, operation.event.key_id, key->version);
  HSM_CHECK(core::check_secure_use(*key, core::KeyOperation::kSecureUnwrapKey,
                                   *core::find_secure_wrap(request.algorithm), operation.now));
  HSM_TRY(Bytes value, partitions_.secure_unwrap({.key = *key->material,
                                                  .algorithm = request.algorithm,
                                                  .value = request.value,
                                                  .policy = key->release_policy ? key->release_policy->text : "",
                                                  .token = request.token,
                                                  .issuer = request.issuer}));
  return SecureWrapped{key, std::move(value)};
}

}  // namespace hsm::service
