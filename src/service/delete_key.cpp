#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;

}  // namespace

// Moves a key's head between keys/ and deleted/. The versions stay where they are: without a head under keys/ none of
// them is found.
Result<DeletedKey> Keys::move(const core::KeyName& name, const std::string& from, const std::string& to,
                              const std::optional<std::int64_t>& deleted, Operation& operation) {
  HSM_TRY(StoredHead stored, existing_head(from));
  HSM_TRY(core::KeyRecord latest, version_of(name, stored.head.latest));
  add_version(operation, operation.event.key_id, stored.head.latest);
  stored.head.deleted = deleted;
  stored.head.purge_at.reset();
  if (deleted) stored.head.purge_at = *deleted + settings_.retention_days * kSecondsADay;
  core::Transaction transaction;
  transaction.expectations = {{from, stored.revision}, {to, core::kAbsent}};
  transaction.puts = {{to, core::encode(stored.head)}};
  transaction.deletes = {from};
  const Status committed = journal_.commit(std::move(transaction), operation);
  if (!committed && committed.error().code == Errc::kConflict) {
    return fail(Errc::kConflict, "The key is being changed by another request; try again.");
  }
  HSM_CHECK(committed);
  return DeletedKey{std::move(stored.head), std::move(latest)};
}

Result<DeletedKey> Keys::remove(const core::KeyName& name, Operation& operation) {
  return move(name, core::key_path(name), core::deleted_key_path(name), unix_seconds(operation.now), operation);
}

Result<core::KeyRecord> Keys::recover(const core::KeyName& name, Operation& operation) {
  HSM_TRY(DeletedKey key, move(name, core::deleted_key_path(name), core::key_path(name), std::nullopt, operation));
  return std::move(key.latest);
}

Result<DeletedKey> Keys::get_deleted(const core::KeyName& name) {
  HSM_TRY(StoredHead stored, existing_head(core::deleted_key_path(name)));
  HSM_TRY(core::KeyRecord latest, version_of(name, stored.head.latest));
  return DeletedKey{std::move(stored.head), std::move(latest)};
}

Status Keys::purge(const core::KeyName& name, Operation& operation) {
  const std::string path = core::deleted_key_path(name);
  HSM_TRY(const StoredHead stored, existing_head(path));
  if (settings_.purge_protection) {
    // unconfirmed: status and code (reference/keys-api.md §5.2)
    return fail(Errc::kForbidden, "Operation purge is not allowed because purge protection is on.");
  }
  HSM_TRY(const auto versions, store_.list(core::version_prefix(name), "", core::kKeyVersionsMax));
  core::Transaction transaction;
  transaction.expectations = {{path, stored.revision}};
  transaction.deletes = {path};
  for (const core::Record& version : versions) transaction.deletes.push_back(version.path);
  const Status committed = journal_.commit(std::move(transaction), operation, 204);
  if (!committed && committed.error().code == Errc::kConflict) {
    return fail(Errc::kConflict, "The key is being changed by another request; try again.");
  }
  return committed;
}

}  // namespace hsm::service
