#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "core/key_backup.h"
#include "core/key_record.h"
#include "core/ports/partitions.h"
#include "core/release_rules.h"
#include "service/journal.h"
#include "service/key_cache.h"

namespace hsm::service {

// What a request may set. An absent member is left as it is (update) or gets its default (create).
struct AttributeChanges {
  std::optional<bool> enabled;
  std::optional<std::int64_t> not_before;
  std::optional<std::int64_t> expires;
};

// NewKey is what creation and import have in common.
struct NewKey {
  core::KeyName name;
  core::KeySpec spec;
  std::optional<core::KeyOperations> operations;
  AttributeChanges attributes;
  core::Tags tags;
  core::ReleaseChanges release = {};
};

// Transfer is a key that another HSM has wrapped for a key-exchange key of ours (BYOK).
struct Transfer {
  core::KeyName exchange_key;
  core::KeyVersion exchange_version;
  Bytes wrapped;
};

struct UpdateKey {
  core::KeyName name;
  std::optional<core::KeyVersion> version;
  std::optional<core::KeyOperations> operations;
  AttributeChanges attributes;
  std::optional<core::Tags> tags;
  core::ReleaseChanges release = {};
};

struct ReleaseKey {
  core::KeyName name;
  std::optional<core::KeyVersion> version;
  std::string token;  // the attestation token
  core::ReleaseEncryption encryption = core::kReleaseEncryptionDefault;
};
// ReleasedKey is a key's record and what a partition has made of its material.
struct ReleasedKey {
  KeyPointer key;
  core::ReleasedKey material;
};

struct SecureWrap {
  core::KeyName name;
  std::optional<core::KeyVersion> version;
  core::SecureWrapAlgorithm algorithm{};
};
struct SecureUnwrap {
  core::KeyName name;
  std::optional<core::KeyVersion> version;
  core::SecureWrapAlgorithm algorithm{};
  Bytes value;
  std::string token;   // the attestation token
  std::string issuer;  // whom it must be from; empty: not said
};
// SecureWrapped is the wrapping key's record, and the key that it has wrapped, or opened for an environment.
struct SecureWrapped {
  KeyPointer key;
  Bytes value;
};

// DeletedKey is a soft-deleted key and its latest version.
struct DeletedKey {
  core::KeyHead head;
  core::KeyRecord latest;
};

// Page is one page of a listing. `next` resumes it; absent on the last page.
template <class Item>
struct Page {
  std::vector<Item> items;
  std::optional<std::string> next;
};

// Keys is the life of an instance's keys. Thread-safe; every call may block. Errors besides those named: kUnavailable
// (store, partitions or audit log), kInternal (a damaged record).
class Keys {
 public:
  struct Settings {
    int retention_days = 90;  // of soft-deleted keys; 7 to 90
    bool purge_protection = false;
  };

  Keys(core::Store& store, core::Partitions& partitions, Journal& journal, KeyCache& cache, Random& random,
       Settings settings)
      : store_(store),
        partitions_(partitions),
        journal_(journal),
        cache_(cache),
        random_(random),
        settings_(settings) {}

  const Settings& settings() const { return settings_; }

  // create makes a key, or a new version of the one that has the name. kConflict: the name is soft-deleted;
  // kBadParameter: see core/key_rules.h; kThrottled: too many key generations wait.
  Result<core::KeyRecord> create(const NewKey& request, std::uint32_t public_exponent, Operation& operation);

  // import is create with material from outside. kBadParameter, too: the members don't make a key of request.spec.
  Result<core::KeyRecord> import(const NewKey& request, core::PrivateKey key, Operation& operation);

  // import_transfer is import of what the partition alone can unwrap; request.spec.bits is 0. kBadParameter, too: the
  // exchange key isn't there, or is no exchange key, or did not unwrap a key of that type.
  Result<core::KeyRecord> import_transfer(const NewKey& request, const Transfer& transfer, Operation& operation);

  // get: kKeyNotFound. `peek` is the fast lane's: from memory alone, nullptr if the slow lane must load it.
  Result<KeyPointer> get(const core::KeyName& name, const std::optional<core::KeyVersion>& version);
  KeyPointer peek(const core::KeyName& name, const std::optional<core::KeyVersion>& version) {
    return cache_.find(name, version);
  }

  // release encrypts a key to the environment that the token attests. kKeyNotFound; kForbidden: disabled, not
  // exportable, or the partition does not let it go (core/ports/partitions.h, with the other errors).
  Result<ReleasedKey> release(const ReleaseKey& request, Operation& operation);

  // secure_wrap makes a key and wraps it; secure_unwrap opens it for the environment that the token attests.
  // kKeyNotFound; kForbidden: see core::check_secure_use; those of core/ports/partitions.h.
  Result<SecureWrapped> secure_wrap(const SecureWrap& request, Operation& operation);
  Result<SecureWrapped> secure_unwrap(const SecureUnwrap& request, Operation& operation);

  // attest gives a version of a key and what the partition says of it (core/ports/partitions.h). kKeyNotFound;
  // kNotSupported: a type that has no attestation.
  struct Attested {
    KeyPointer key;
    core::KeyAttestation attestation;
  };
  Result<Attested> attest(const core::KeyName& name, const std::optional<core::KeyVersion>& version);

  // update replaces the members that are present. kKeyNotFound.
  Result<core::KeyRecord> update(const UpdateKey& request, Operation& operation);

  // Listings are in the order of folded names, versions in the order they were made.
  Result<Page<core::KeyRecord>> list(const std::string& after, std::size_t limit);
  Result<Page<core::KeyRecord>> list_versions(const core::KeyName& name, const std::string& after, std::size_t limit);

  // Soft deletion: remove hides the key, recover brings it back, purge ends it. kKeyNotFound; purge: kForbidden under
  // purge protection.
  Result<DeletedKey> remove(const core::KeyName& name, Operation& operation);
  Result<Page<DeletedKey>> list_deleted(const std::string& after, std::size_t limit);
  Result<DeletedKey> get_deleted(const core::KeyName& name);
  Result<core::KeyRecord> recover(const core::KeyName& name, Operation& operation);
  Status purge(const core::KeyName& name, Operation& operation);

  // The head of a live key, with its rotation policy. kKeyNotFound.
  Result<core::KeyHead> head(const core::KeyName& name);
  // set_rotation_policy replaces the policy; an empty one removes it. kKeyNotFound; kBadParameter: see
  // core/rotation_policy.h.
  Result<core::KeyHead> set_rotation_policy(const core::KeyName& name, const core::RotationPolicy& policy,
                                            Operation& operation);
  // rotate makes a new version with material of its own: of the same type, operations and tags, and valid as long as
  // the policy says. kKeyNotFound; kBadParameter: no policy, or too many versions; kThrottled.
  Result<core::KeyRecord> rotate(const core::KeyName& name, Operation& operation);

  // What time brings, see service/due_keys.h. False: the key is not due, or not any more, and nothing was done. Of many
  // callers at once, on as many nodes as there are, one does it.
  // A rotation that can never succeed (too many versions) is recorded as failed and not tried again.
  Result<bool> rotate_if_due(const core::KeyName& name, Operation& operation);
  Result<bool> purge_if_due(const core::KeyName& name, Operation& operation);

  // backup gives the blob of core/key_backup.h: the key with all its versions, to be restored under the same security
  // domain. kKeyNotFound; kBadParameter: its versions and their tags are too large.
  Result<std::string> backup(const core::KeyName& name);
  // open_backup reads a blob, and restore brings back what it held. kMalformedBackupBlob: changed, cut, or made under
  // another security domain. kConflict: the name is in use, or soft-deleted.
  Result<core::KeyBackup> open_backup(std::string_view blob);
  Result<core::KeyRecord> restore(const core::KeyBackup& backup, Operation& operation);

 private:
  // Two changes of one key race for its head; the loser looks again. More rounds than callers that fit the pool.
  static constexpr int kCommitRounds = 64;

  struct StoredHead {
    core::KeyHead head;
    core::Revision revision;
  };
  Result<std::optional<StoredHead>> head_at(const std::string& path);
  struct StoredVersion {
    core::KeyRecord record;
    core::Revision revision;
  };
  Result<core::KeyRecord> version_of(const core::KeyName& name, const core::KeyVersion& version);
  Result<StoredVersion> stored_version(const core::KeyName& name, const core::KeyVersion& version);
  Result<StoredHead> existing_head(const std::string& path);
  Result<core::KeyBackup> read_whole(const core::KeyName& name);
  // Material is made by a partition under the policy that it is given; the spec is complete afterwards.
  using MakeMaterial = std::function<Result<core::TransferredKey>(const core::KeyPolicy&)>;
  Result<core::KeyRecord> put_new(const NewKey& request, const MakeMaterial& make, Operation& operation);
  // A key and its latest version, as a new version finds them.
  struct Predecessor {
    StoredHead head;
    StoredVersion latest;
  };
  Result<std::optional<Predecessor>> predecessor_of(const core::KeyName& name);
  Status check_not_deleted(const core::KeyName& name);
  static core::Transaction put_of(const core::KeyRecord& record, const core::KeyHead& head,
                                  const std::optional<Predecessor>& predecessor);
  enum class RotateWhen : std::uint8_t { kAsked, kDue };
  Result<std::optional<core::KeyRecord>> rotate_when(RotateWhen when, const core::KeyName& name, Operation& operation);
  Status stop_rotating(const core::KeyName& name, const Error& why, Operation& operation);
  Status purge(const StoredHead& stored, Operation& operation);
  Result<DeletedKey> move(const core::KeyName& name, const std::string& from, const std::string& to,
                          const std::optional<std::int64_t>& deleted, Operation& operation);

  core::Store& store_;
  core::Partitions& partitions_;
  Journal& journal_;
  KeyCache& cache_;
  Random& random_;
  Settings settings_;
};

// apply changes attributes as a request asks.
void apply(const AttributeChanges& changes, core::KeyAttributes& attributes);

// schedule_rotation brings the head's date of automatic rotation up to date with its policy and latest version.
void schedule_rotation(core::KeyHead& head, const core::KeyAttributes& latest);

// next_head is a key's head once `record` is its latest version. kBadParameter: it has too many versions already.
Result<core::KeyHead> next_head(core::KeyHead head, const core::KeyRecord& record);

}  // namespace hsm::service
