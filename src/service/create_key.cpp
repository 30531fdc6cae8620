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

Status check_request(const NewKey& request) {
  const auto operations = request.operations.value_or(core::default_operations(request.spec));
  HSM_CHECK(core::check_operations(operations, request.spec));
  HSM_CHECK(core::check_tags(request.tags));
  core::KeyAttributes attributes;
  apply(request.attributes, attributes);
  return core::check_validity(attributes);
}

// new_record is what a request and the predecessor say of a version; its material and times are still to come. The name
// as first written stays.
Result<core::KeyRecord> new_record(const NewKey& request, const core::KeyVersion& version,
                                   const core::KeyRecord* predecessor) {
  const auto operations = request.operations.value_or(core::default_operations(request.spec));
  HSM_TRY(auto release_policy, core::release_policy_after(request.release, predecessor, operations));
  if (release_policy && request.spec.type == core::KeyType::kAkp) {
    return fail(Errc::kNotSupported, "ML-DSA keys can't be exportable.");
  }
  core::KeyRecord record{.name = predecessor == nullptr ? request.name : predecessor->name,
                         .version = version,
                         .spec = request.spec,
                         .operations = operations,
                         .attributes = {},
                         .tags = request.tags,
                         .public_key = {},
                         .material = {},
                         .release_policy = std::move(release_policy)};
  apply(request.attributes, record.attributes);
  record.attributes.exportable =
      predecessor == nullptr ? request.release.exportable.value_or(false) : predecessor->attributes.exportable;
  return record;
}

}  // namespace

void apply(const AttributeChanges& changes, core::KeyAttributes& attributes) {
  if (changes.enabled) attributes.enabled = *changes.enabled;
  if (changes.not_before) attributes.not_before = changes.not_before;
  if (changes.expires) attributes.expires = changes.expires;
}

Result<core::KeyRecord> Keys::create(const NewKey& request, std::uint32_t public_exponent, Operation& operation) {
  HSM_CHECK(check_spec(request.spec));
  const auto generate = [this, public_exponent](const core::KeyPolicy& policy) -> Result<core::TransferredKey> {
    HSM_TRY(core::WrappedKey key, partitions_.generate({.policy = policy, .public_exponent = public_exponent}));
    return core::TransferredKey{std::move(key), policy.spec};
  };
  return put_new(request, generate, operation);
}

Result<core::KeyRecord> Keys::import(const NewKey& request, core::PrivateKey key, Operation& operation) {
  HSM_CHECK(check_spec(request.spec));
  core::ImportRequest wanted{.policy = {}, .key = std::move(key)};
  const auto import = [this, &wanted](const core::KeyPolicy& policy) -> Result<core::TransferredKey> {
    wanted.policy = policy;
    HSM_TRY(core::WrappedKey wrapped, partitions_.import(wanted));
    return core::TransferredKey{std::move(wrapped), policy.spec};
  };
  return put_new(request, import, operation);
}

// What is wrong with an exchange key or with what it should unwrap is the request's fault (codes unconfirmed,
// reference/byok-release-attestation.md §1.3).
Result<core::KeyRecord> Keys::import_transfer(const NewKey& request, const Transfer& transfer, Operation& operation) {
  const auto exchange = cache_.load(transfer.exchange_key, transfer.exchange_version);
  if (!exchange && exchange.error().code == Errc::kKeyNotFound) {
    return fail(Errc::kBadParameter, "JSON Web Key: there is no key-exchange key of the transfer blob's kid.");
  }
  if (!exchange) return std::unexpected(exchange.error());
  HSM_CHECK(core::check_exchange(**exchange, operation.now));
  const core::KeyReference& exchange_key = *(*exchange)->material;
  const auto unwrap = [this, &transfer, &exchange_key](const core::KeyPolicy& policy) -> Result<core::TransferredKey> {
    auto transferred =
        partitions_.import_transfer({.exchange_key = exchange_key, .policy = policy, .wrapped = transfer.wrapped});
    if (transferred || transferred.error().code != Errc::kBadCiphertext) return transferred;
    return fail(Errc::kBadParameter, "JSON Web Key: the transfer blob can't be unwrapped with its key-exchange key.");
  };
  return put_new(request, unwrap, operation);
}

// A release policy is bound to the material when it is made, and a new version has that of its predecessor; so the
// predecessor is looked at before, and if it has changed meanwhile, the material is made again.
Result<core::KeyRecord> Keys::put_new(const NewKey& request, const MakeMaterial& make, Operation& operation) {
  HSM_CHECK(check_request(request));
  const std::string key_uri = operation.event.key_id;
  std::optional<core::TransferredKey> made;
  core::KeyPolicy made_under;
  for (int round = 0; round < kCommitRounds; ++round) {
    HSM_CHECK(check_not_deleted(request.name));
    HSM_TRY(const std::optional<Predecessor> predecessor, predecessor_of(request.name));
    HSM_TRY(core::KeyRecord record, new_record(request, core::new_key_version(operation.now, random_),
                                               predecessor ? &predecessor->latest.record : nullptr));
    record.attributes.created = record.attributes.updated = unix_seconds(operation.now);
    core::KeyHead head{.name = record.name, .latest = record.version, .versions = 1, .deleted = {}, .purge_at = {}};
    if (predecessor) {
      HSM_TRY(head, next_head(predecessor->head.head, record));
    }

    const core::KeyPolicy policy = core::policy_of(record);
    if (!made || made_under != policy) {
      HSM_TRY(made, make(policy));
      made_under = policy;
    }
    record.spec = made->spec;
    record.public_key = made->key.public_key;
    record.material = core::key_reference(made->key.blob, made->key.id);

    add_version(operation, key_uri, record.version);
    const Status committed = journal_.commit(put_of(record, head, predecessor), operation);
    if (committed) return record;
    if (committed.error().code != Errc::kConflict) return std::unexpected(committed.error());
  }
  return fail(Errc::kConflict, "The key is being changed by too many requests at once; try again.");
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

Result<std::optional<Keys::Predecessor>> Keys::predecessor_of(const core::KeyName& name) {
  HSM_TRY(std::optional<StoredHead> head, head_at(core::key_path(name)));
  if (!head) return std::nullopt;
  auto latest = stored_version(name, head->head.latest);
  if (!latest && latest.error().code == Errc::kKeyNotFound) {  // purged between the two
    return fail(Errc::kConflict, "The key is being changed by another request; try again.");
  }
  if (!latest) return std::unexpected(std::move(latest).error());
  return Predecessor{*std::move(head), *std::move(latest)};
}

Status Keys::check_not_deleted(const core::KeyName& name) {
  HSM_TRY(const auto deleted, store_.get(core::deleted_key_path(name)));
  if (!deleted) return {};
  return fail(Errc::kConflict,
              fmt::format("Key {} is deleted but recoverable; its name can't be used again until it has been recovered "
                          "or purged.",
                          name.text()));
}

// The transaction that makes `record` its key's latest version. Its predecessor is expected as it was, too: what the
// new version has of it may have changed without the head.
core::Transaction Keys::put_of(const core::KeyRecord& record, const core::KeyHead& head,
                               const std::optional<Predecessor>& predecessor) {
  const std::string path = core::key_path(record.name);
  core::Transaction transaction;
  transaction.expectations = {{path, predecessor ? predecessor->head.revision : core::kAbsent},
                              {core::deleted_key_path(record.name), core::kAbsent}};
  if (predecessor) {
    const core::KeyRecord& before = predecessor->latest.record;
    transaction.expectations.push_back({core::version_path(before.name, before.version), predecessor->latest.revision});
  }
  transaction.puts = {{path, core::encode(head)},
                      {core::version_path(record.name, record.version), core::encode(record)}};
  core::index_due_date(transaction, predecessor ? &predecessor->head.head : nullptr, &head);
  return transaction;
}

}  // namespace hsm::service
