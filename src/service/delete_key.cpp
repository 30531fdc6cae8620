#include "core/due_date.h"
#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {

// Moves a key's head between keys/ and deleted/. The versions stay where they are: without a head under keys/ none of
// them is found.
Result<DeletedKey> Keys::move(const core::KeyName& name, const std::string& from, const std::string& to,
                              const std::optional<std::int64_t>& deleted, Operation& operation) {
  HSM_TRY(StoredHead stored, existing_head(from));
  HSM_TRY(core::KeyRecord latest, version_of(name, stored.head.latest));
  add_version(operation, operation.event.key_id, stored.head.latest);
  const core::KeyHead before = stored.head;
  stored.head.deleted = deleted;
  stored.head.purge_at.reset();
  if (deleted) stored.head.purge_at = *deleted + settings_.retention_days * core::kSecondsADay;
  core::Transaction transaction;
  transaction.expectations = {{from, stored.revision}, {to, core::kAbsent}};
  transaction.puts = {{to, core::encode(stored.head)}};
  transaction.deletes = {from};
  core::index_due_date(transaction, &before, &stored.head);
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
  HSM_TRY(const StoredHead stored, existing_head(core::deleted_key_path(name)));
  if (settings_.purge_protection) {
    // unconfirmed: status and code (reference/keys-api.md §5.2)
    return fail(Errc::kForbidden, "Operation purge is not allowed because purge protection is on.");
  }
  const Status purged = purge(stored, operation);
  if (!purged && purged.error().code == Errc::kConflict) {
    return fail(Errc::kConflict, "The key is being changed by another request; try again.");
  }
  return purged;
}

// Purge protection keeps a key for its whole retention, not for ever.
Result<bool> Keys::purge_if_due(const core::KeyName& name, Operation& operation) {
  HSM_TRY(const std::optional<StoredHead> stored, head_at(core::deleted_key_path(name)));
  if (!stored || !core::is_due(stored->head, unix_seconds(operation.now))) return false;
  const Status purged = purge(*stored, operation);
  if (!purged && purged.error().code == Errc::kConflict) return false;  // recovered or purged meanwhile
  HSM_CHECK(purged);
  return true;
}

Status Keys::purge(const StoredHead& stored, Operation& operation) {
  const std::string path = core::deleted_key_path(stored.head.name);
  HSM_TRY(const auto versions, store_.list(core::version_prefix(stored.head.name), "", core::kKeyVersionsMax));
  core::Transaction transaction;
  transaction.expectations = {{path, stored.revision}};
  transaction.deletes = {path};
  for (const core::Record& version : versions) transaction.deletes.push_back(version.path);
  core::index_due_date(transaction, &stored.head, nullptr);
  return journal_.commit(std::move(transaction), operation, 204);
}

}  // namespace hsm::service
