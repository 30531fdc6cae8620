#include <fmt/format.h>

#include "core/due_date.h"
#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {

// A key's head and versions are read one after the other; a head that has not changed meanwhile says that no version
// came or went.
Result<core::KeyBackup> Keys::read_whole(const core::KeyName& name) {
  const std::string path = core::key_path(name);
  for (int round = 0; round < kCommitRounds; ++round) {
    HSM_TRY(StoredHead before, existing_head(path));
    HSM_TRY(const auto records, store_.list(core::version_prefix(name), "", core::kKeyVersionsMax));
    HSM_TRY(const std::optional<StoredHead> after, head_at(path));
    if (!after || after->revision != before.revision) continue;
    core::KeyBackup backup{.head = std::move(before.head), .versions = {}};
    for (const core::Record& record : records) {
      HSM_TRY(core::KeyRecord version, core::decode_key_record(record.value));
      backup.versions.push_back(std::move(version));
    }
    return backup;
  }
  return fail(Errc::kConflict, "The key is being changed by too many requests at once; try again.");
}

Result<std::string> Keys::backup(const core::KeyName& name) {
  HSM_TRY(const core::KeyBackup backup, read_whole(name));
  core::BackupId id;
  random_.fill(id);
  HSM_TRY(const std::vector<Bytes> parts, core::encode_backup(backup, id));
  std::vector<std::string> jwes;
  for (const Bytes& part : parts) {
    HSM_TRY(std::string jwe, partitions_.seal_backup(part));
    jwes.push_back(std::move(jwe));
  }
  return core::join_blob(jwes);
}

Result<core::KeyBackup> Keys::open_backup(std::string_view blob) {
  HSM_TRY(const std::vector<std::string_view> jwes, core::split_blob(blob));
  std::vector<Bytes> parts;
  for (const std::string_view jwe : jwes) {
    auto part = partitions_.open_backup(jwe);
    if (!part && part.error().code == Errc::kBadCiphertext) return core::malformed_backup();
    if (!part) return std::unexpected(std::move(part).error());
    parts.push_back(std::move(*part));
  }
  return core::decode_backup(parts);
}

Result<core::KeyRecord> Keys::restore(const core::KeyBackup& backup, Operation& operation) {
  const core::KeyName& name = backup.head.name;
  const std::string path = core::key_path(name);
  const std::string deleted_path = core::deleted_key_path(name);
  HSM_CHECK(check_not_deleted(name));
  core::Transaction transaction;
  transaction.expectations = {{path, core::kAbsent}, {deleted_path, core::kAbsent}};
  transaction.puts = {{path, core::encode(backup.head)}};
  const core::KeyRecord* latest = nullptr;
  for (const core::KeyRecord& version : backup.versions) {
    transaction.puts.push_back({core::version_path(name, version.version), core::encode(version)});
    if (version.version == backup.head.latest) latest = &version;
  }
  core::index_due_date(transaction, nullptr, &backup.head);  // it comes with its rotation policy
  add_version(operation, operation.event.key_id, latest->version);
  const Status committed = journal_.commit(std::move(transaction), operation);
  if (!committed && committed.error().code == Errc::kConflict) {
    return fail(Errc::kConflict, fmt::format("Key {} already exists.", name.text()));  // text unconfirmed
  }
  HSM_CHECK(committed);
  return *latest;
}

}  // namespace hsm::service
