#include "core/release_rules.h"

#include "core/secure_wrap.h"

namespace hsm::core {
namespace {

Result<ReleasePolicy> merged(const std::optional<ReleasePolicy>& present, const WantedReleasePolicy& wanted) {
  const ReleasePolicy before = present.value_or(ReleasePolicy{.content_type = std::string(kReleaseContentType)});
  const ReleasePolicy policy{.text = wanted.text,
                             .digest = wanted.digest,
                             .content_type = wanted.content_type.value_or(before.content_type),
                             .immutable = wanted.immutable.value_or(before.immutable)};
  if (before.immutable && policy != before) {  // the vaults' text; that of a Managed HSM is unconfirmed
    return fail(Errc::kBadParameter, "Immutable Key Release Policy cannot be modified.");
  }
  return policy;
}

}  // namespace

// Recorded texts, but for the first.
Result<std::optional<ReleasePolicy>> release_policy_after(const ReleaseChanges& changes, const KeyRecord* before,
                                                          KeyOperations operations) {
  const bool is_new = before == nullptr;
  const bool exportable = is_new ? changes.exportable.value_or(false) : before->attributes.exportable;
  if (changes.exportable.value_or(exportable) != exportable) {
    return fail(Errc::kBadParameter, "The exportable attribute of an existing key cannot be changed.");
  }
  const std::optional<ReleasePolicy> present = is_new ? std::nullopt : before->release_policy;
  if (!exportable && changes.policy && !present && !for_secure_wrap(operations)) {
    return fail(Errc::kBadParameter, "Non-exportable keys must not have release policy");
  }
  if (exportable && is_new && !changes.policy) {
    return fail(Errc::kBadParameter, "Exportable keys must have release policy");
  }
  if (!changes.policy) return present;
  return merged(present, *changes.policy);
}

Status check_release(const KeyRecord& record) {
  if (!record.attributes.enabled) {
    return fail(Errc::kForbidden, "Operation release is not allowed on a disabled key.");
  }
  if (!record.attributes.exportable) {
    return fail(Errc::kForbidden, "Operation release is not permitted on a key that is not exportable.");
  }
  return {};
}

}  // namespace hsm::core
