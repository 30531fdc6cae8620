#include <fmt/format.h>

#include "core/due_date.h"
#include "core/key_rules.h"
#include "service/keys.h"

namespace hsm::service {
namespace {

Status check_spec(const core::KeySpec& spec) {
  if (!core::valid(spec)) return fail(Errc::kBadParameter, "The key's type, size or curve is not supported.");
  return {};
}

// policy_of checks a request and returns what is bound to its key's material.
Result<core::KeyPolicy> policy_of(const NewKey& request) {
  const core::KeyPolicy policy{.spec = request.spec,
                               .operations = request.operations.value_or(core::default_operations(request.spec.type))};
  HSM_CHECK(core::check_operations(policy.operations, request.spec.type));
  HSM_CHECK(core::check_tags(request.tags));
  core::KeyAttributes attributes;
  apply(request.attributes, attributes);
  HSM_CHECK(core::check_validity(attributes));
  return policy;
}

}  // namespace

void apply(const AttributeChanges& changes, core::KeyAttributes& attributes) {
  if (changes.enabled) attributes.enabled = *changes.enabled;
  if (changes.not_before) attributes.not_before = changes.not_before;
  if (changes.expires) attributes.expires = changes.expires;
}

Result<core::KeyRecord> Keys::create(const NewKey& request, std::uint32_t public_exponent, Operation& operation) {
  HSM_CHECK(check_spec(request.spec));
  HSM_TRY(const core::KeyPolicy policy, policy_of(request));
  HSM_TRY(core::WrappedKey wrapped, partitions_.generate({.policy = policy, .public_exponent = public_exponent}));
  return put_new(request, policy, std::move(wrapped), operation);
}

Result<core::KeyRecord> Keys::import(const NewKey& request, core::PrivateKey key, Operation& operation) {
  HSM_CHECK(check_spec(request.spec));
  HSM_TRY(const core::KeyPolicy policy, policy_of(request));
  HSM_TRY(core::WrappedKey wrapped, partitions_.import({.policy = policy, .key = std::move(key)}));
  return put_new(request, policy, std::move(wrapped), operation);
}

// What is wrong with an exchange key or with what it should unwrap is the request's fault (codes unconfirmed,
// reference/byok-release-attestation.md §1.3).
Result<core::KeyRecord> Keys::import_transfer(const NewKey& request, const Transfer& transfer, Operation& operation) {
  HSM_TRY(core::KeyPolicy policy, policy_of(request));
  const auto exchange = cache_.load(transfer.exchange_key, transfer.exchange_version);
  if (!exchange && exchange.error().code == Errc::kKeyNotFound) {
    return fail(Errc::kBadParameter, "JSON Web Key: there is no key-exchange key of the transfer blob's kid.");
  }
  if (!exchange) return std::unexpected(exchange.error());
  HSM_CHECK(core::check_exchange(**exchange, operation.now));
  auto transferred = partitions_.import_transfer(
      {.exchange_key = *(*exchange)->material, .policy = policy, .wrapped = transfer.wrapped});
  if (!transferred && transferred.error().code == Errc::kBadCiphertext) {
    return fail(Errc::kBadParameter, "JSON Web Key: the transfer blob can't be unwrapped with its key-exchange key.");
  }
  if (!transferred) return std::unexpected(std::move(transferred).error());
  policy.spec = transferred->spec;
  return put_new(request, policy, std::move(transferred->key), operation);
}

Result<core::KeyRecord> Keys::put_new(const NewKey& request, const core::KeyPolicy& policy, core::WrappedKey wrapped,
                                      Operation& operation) {
  core::KeyRecord record{.name = request.name,
                         .version = core::new_key_version(operation.now, random_),
                         .spec = policy.spec,
                         .operations = policy.operations,
                         .attributes = {},
                         .tags = request.tags,
                         .public_key = std::move(wrapped.public_key),
                         .material = core::key_reference(std::move(wrapped.blob), wrapped.id)};
  apply(request.attributes, record.attributes);
  record.attributes.created = record.attributes.updated = unix_seconds(operation.now);
  add_version(operation, operation.event.key_id, record.version);
  HSM_CHECK(commit_version(record, operation));
  return record;
}

void schedule_rotation(core::KeyHead& head, const core::KeyAttributes& latest) {
  head.rotate_at = head.rotation ? core::rotation_due(*head.rotation, latest.created, latest.expires) : std::nullopt;
}

Result<core::KeyHead> next_head(core::KeyHead head, const core::KeyRecord& record) {
  if (head.versions >= core::kKeyVersionsMax) {
    return fail(Errc::kBadParameter, fmt::format("A key can have at most {} versions.", core::kKeyVersionsMax));
  }
  head.latest = record.version;
  ++head.versions;
  schedule_rotation(head, record.attributes);
  return head;
}

// Puts the record as its key's latest version, with a head if the key is new. The name as first written stays.
Status Keys::commit_version(core::KeyRecord& record, Operation& operation) {
  const std::string path = core::key_path(record.name);
  for (int round = 0; round < kCommitRounds; ++round) {
    HSM_TRY(const std::optional<StoredHead> existing, head_at(path));
    core::KeyHead head{.name = record.name, .latest = record.version, .versions = 1, .deleted = {}, .purge_at = {}};
    if (existing) {
      record.name = existing->head.name;
      HSM_TRY(head, next_head(existing->head, record));
    }
    const std::string deleted_path = core::deleted_key_path(record.name);
    HSM_TRY(const auto deleted, store_.get(deleted_path));
    if (deleted) {
      return fail(Errc::kConflict,
                  fmt::format("Key {} is deleted but recoverable; its name can't be used again until it "
                              "has been recovered or purged.",
                              record.name.text()));
    }
    core::Transaction transaction;
    transaction.expectations = {{path, existing ? existing->revision : core::kAbsent}, {deleted_path, core::kAbsent}};
    transaction.puts = {{path, core::encode(head)},
                        {core::version_path(record.name, record.version), core::encode(record)}};
    core::index_due_date(transaction, existing ? &existing->head : nullptr, &head);
    const Status committed = journal_.commit(std::move(transaction), operation);
    if (committed || committed.error().code != Errc::kConflict) return committed;
  }
  return fail(Errc::kConflict, "The key is being changed by too many requests at once; try again.");
}

}  // namespace hsm::service
