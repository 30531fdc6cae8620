#include "core/due_date.h"
#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {
namespace {

constexpr int kBadRequest = 400;

// A new version has its predecessor's kind, operations, tags and release policy (reference/keys-api.md §6; the tags
// unconfirmed), and the validity that the rotation policy gives it.
core::KeyRecord successor_of(const core::KeyRecord& latest, const core::RotationPolicy& policy, std::int64_t now) {
  core::KeyRecord record = latest;
  record.attributes = {.exportable = latest.attributes.exportable};
  record.attributes.created = record.attributes.updated = now;
  if (policy.expiry_time) record.attributes.expires = policy.expiry_time->after(now);
  return record;
}

// An imported key may have a wider exponent than generation takes; its successor gets the usual one.
std::uint32_t exponent_of(const core::PublicKey& key) {
  std::uint32_t exponent = 0;
  if (key.exponent.empty() || key.exponent.size() > sizeof exponent) return core::kRsaExponentDefault;
  for (const std::uint8_t byte : key.exponent) exponent = exponent << 8 | byte;
  return exponent;
}

// The transaction that makes `record` its key's latest version, without what it expects.
core::Transaction successor_put(const core::KeyRecord& record, const core::KeyHead& before,
                                const core::KeyHead& after) {
  core::Transaction transaction;
  transaction.puts = {{core::key_path(record.name), core::encode(after)},
                      {core::version_path(record.name, record.version), core::encode(record)}};
  core::index_due_date(transaction, &before, &after);
  return transaction;
}

// Material made for a version that another change came before, in case it still fits in the next round.
struct Generated {
  core::KeyPolicy policy;
  core::WrappedKey key;
};

}  // namespace

Result<core::KeyHead> Keys::set_rotation_policy(const core::KeyName& name, const core::RotationPolicy& policy,
                                                Operation& operation) {
  HSM_CHECK(core::check(policy));
  const std::string path = core::key_path(name);
  for (int round = 0; round < kCommitRounds; ++round) {
    HSM_TRY(const StoredHead stored, existing_head(path));
    HSM_TRY(const StoredVersion latest, stored_version(name, stored.head.latest));
    core::KeyHead head = stored.head;
    head.rotation.reset();
    if (!policy.empty()) {
      head.rotation = policy;
      head.rotation->updated = unix_seconds(operation.now);
      head.rotation->created = stored.head.rotation ? stored.head.rotation->created : head.rotation->updated;
    }
    schedule_rotation(head, latest.record.attributes);
    core::Transaction transaction;
    // The version is expected too: a new expiry of it moves the date.
    transaction.expectations = {{path, stored.revision}, {core::version_path(name, head.latest), latest.revision}};
    transaction.puts = {{path, core::encode(head)}};
    core::index_due_date(transaction, &stored.head, &head);
    const Status committed = journal_.commit(std::move(transaction), operation);
    if (committed) return head;
    if (committed.error().code != Errc::kConflict) return std::unexpected(committed.error());
  }
  return fail(Errc::kConflict, "The key is being changed by too many requests at once; try again.");
}

Result<core::KeyRecord> Keys::rotate(const core::KeyName& name, Operation& operation) {
  HSM_TRY(std::optional<core::KeyRecord> rotated, rotate_when(RotateWhen::kAsked, name, operation));
  return *std::move(rotated);
}

Result<bool> Keys::rotate_if_due(const core::KeyName& name, Operation& operation) {
  const auto rotated = rotate_when(RotateWhen::kDue, name, operation);
  if (rotated) return rotated->has_value();
  if (rotated.error().code == Errc::kBadParameter) HSM_CHECK(stop_rotating(name, rotated.error(), operation));
  return std::unexpected(rotated.error());
}

// The head's revision is what decides between two that rotate at once: the one that comes second looks again, and for
// it the key is not due any more.
Result<std::optional<core::KeyRecord>> Keys::rotate_when(RotateWhen when, const core::KeyName& name,
                                                         Operation& operation) {
  const std::string key_uri = operation.event.key_id;
  const std::string path = core::key_path(name);
  const std::int64_t now = unix_seconds(operation.now);
  std::optional<Generated> spare;
  for (int round = 0; round < kCommitRounds; ++round) {
    HSM_TRY(const StoredHead stored, existing_head(path));
    if (when == RotateWhen::kDue && !core::is_due(stored.head, now)) return std::nullopt;
    if (!stored.head.rotation) {  // unconfirmed: status and code (reference/keys-api.md §6)
      return fail(Errc::kBadParameter, "The key has no rotation policy; one must be set before it can be rotated.");
    }
    HSM_TRY(const StoredVersion latest, stored_version(name, stored.head.latest));
    core::KeyRecord record = successor_of(latest.record, *stored.head.rotation, now);
    // A date must not give back the use of a key that somebody has taken away (unconfirmed); who asks, may.
    if (when == RotateWhen::kDue) record.attributes.enabled = latest.record.attributes.enabled;
    record.version = core::new_key_version(operation.now, random_);
    HSM_TRY(const core::KeyHead head, next_head(stored.head, record));

    const core::KeyPolicy policy = core::policy_of(record);
    if (!spare || spare->policy != policy) {
      HSM_TRY(core::WrappedKey key,
              partitions_.generate({.policy = policy, .public_exponent = exponent_of(latest.record.public_key)}));
      spare = Generated{policy, std::move(key)};
    }
    record.public_key = spare->key.public_key;
    record.material = core::key_reference(spare->key.blob, spare->key.id);

    add_version(operation, key_uri, record.version);
    core::Transaction transaction = successor_put(record, stored.head, head);
    transaction.expectations = {{path, stored.revision},
                                {core::version_path(name, latest.record.version), latest.revision}};
    const Status committed = journal_.commit(std::move(transaction), operation);
    if (committed) return record;
    if (committed.error().code != Errc::kConflict) return std::unexpected(committed.error());
  }
  return fail(Errc::kConflict, "The key is being changed by too many requests at once; try again.");
}

Status Keys::stop_rotating(const core::KeyName& name, const Error& why, Operation& operation) {
  const std::string path = core::key_path(name);
  HSM_TRY(const StoredHead stored, existing_head(path));
  core::KeyHead head = stored.head;
  head.rotate_at.reset();
  core::Transaction transaction;
  transaction.expectations = {{path, stored.revision}};
  transaction.puts = {{path, core::encode(head)}};
  core::index_due_date(transaction, &stored.head, &head);
  operation.event.result_description = why.message;
  return journal_.commit(std::move(transaction), operation, kBadRequest);
}

}  // namespace hsm::service
