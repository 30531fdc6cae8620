#include "core/due_date.h"
#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {

Result<core::KeyRecord> Keys::update(const UpdateKey& request, Operation& operation) {
  if (request.tags) HSM_CHECK(core::check_tags(*request.tags));
  const std::string key_uri = operation.event.key_id;
  for (int round = 0; round < kCommitRounds; ++round) {
    HSM_TRY(const StoredHead stored, existing_head(core::key_path(request.name)));
    const std::string path = core::version_path(request.name, request.version.value_or(stored.head.latest));
    HSM_TRY(const auto before, store_.get(path));
    if (!before) return fail(Errc::kKeyNotFound);
    HSM_TRY(core::KeyRecord record, core::decode_key_record(before->value));

    apply(request.attributes, record.attributes);
    HSM_CHECK(core::check_validity(record.attributes));
    if (request.tags) record.tags = *request.tags;
    if (request.operations && *request.operations != record.operations) {
      HSM_CHECK(core::check_operations(*request.operations, record.spec));
      HSM_TRY(core::KeyReference material, partitions_.change_operations(*record.material, *request.operations));
      record.operations = *request.operations;
      record.material = std::make_shared<const core::KeyReference>(std::move(material));
    }
    HSM_TRY(auto release_policy, core::release_policy_after(request.release, &record, record.operations));
    if (release_policy && release_policy != record.release_policy) {
      HSM_TRY(core::KeyReference material, partitions_.change_release_policy(*record.material, *release_policy));
      record.release_policy = std::move(release_policy);
      record.material = std::make_shared<const core::KeyReference>(std::move(material));
    }
    record.attributes.updated = unix_seconds(operation.now);

    add_version(operation, key_uri, record.version);
    core::Transaction transaction;
    // The head is expected too: a key that is deleted meanwhile must not be changed.
    transaction.expectations = {{core::key_path(request.name), stored.revision}, {path, before->revision}};
    transaction.puts = {{path, core::encode(record)}};
    core::KeyHead head = stored.head;
    if (record.version == head.latest) schedule_rotation(head, record.attributes);
    if (head.rotate_at != stored.head.rotate_at) {
      transaction.puts.push_back({core::key_path(request.name), core::encode(head)});
      core::index_due_date(transaction, &stored.head, &head);
    }
    const Status committed = journal_.commit(std::move(transaction), operation);
    if (committed) return record;
    if (committed.error().code != Errc::kConflict) return std::unexpected(committed.error());
  }
  return fail(Errc::kConflict, "The key is being changed by too many requests at once; try again.");
}

}  // namespace hsm::service
