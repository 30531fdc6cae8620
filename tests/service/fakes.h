#pragma once
#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "core/ports/audit_sink.h"
#include "core/ports/partitions.h"
#include "partition/domain/backup_jwe.h"
#include "partition/domain/master_secret.h"
#include "service/journal.h"
#include "service/key_cache.h"
#include "service/keys.h"
#include "storage/memory.h"

// What the use cases talk to, without processes and disks.
namespace hsm::service {

// SeededRandom gives the same bytes in every run. Thread-safe.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(unsigned seed = 1) : generator_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(generator_());
  }

 private:
  std::mutex mutex_;
  std::mt19937 generator_;
};

// CountingPartitions "wraps" a key as its number and operations, so that tests see what was asked for. It seals backups
// as a partition does, under the security domain of its random bytes.
class CountingPartitions final : public core::Partitions {
 public:
  Result<core::WrappedKey> generate(const core::GenerateRequest& request) override {
    if (unavailable) return fail(Errc::kUnavailable);
    if (const auto meanwhile = std::exchange(while_generating, nullptr)) meanwhile();
    last_exponent = request.public_exponent;
    {
      const std::lock_guard lock(mutex);
      last_policy = request.policy;
    }
    const unsigned number = ++generated;
    return core::WrappedKey{
        .id = id_of(number), .blob = blob(number, request.policy.operations), .public_key = public_key};
  }
  Result<core::WrappedKey> import(const core::ImportRequest& request) override {
    return generate({.policy = request.policy});
  }
  Result<core::TransferredKey> import_transfer(const core::TransferRequest& request) override {
    if (request.wrapped.empty()) return fail(Errc::kBadCiphertext);
    core::KeyPolicy policy = request.policy;
    if (policy.spec.type == core::KeyType::kRsa) policy.spec.bits = 2048;
    if (policy.spec.type == core::KeyType::kOct) policy.spec.bits = 256;
    HSM_TRY(core::WrappedKey key, generate({.policy = policy}));
    return core::TransferredKey{std::move(key), policy.spec};
  }
  Result<std::string> seal_backup(ByteView part) override {
    return partition::make_backup_jwe(domain.backup_key(), part, domain_random);
  }
  Result<Bytes> open_backup(std::string_view jwe) override {
    HSM_TRY(const SecretBytes part, partition::open_backup_jwe(domain.backup_key(), jwe));
    return copy_of(part.reveal());
  }
  Result<core::KeyReference> change_operations(const core::KeyReference& key, core::KeyOperations operations) override {
    return core::KeyReference{.id = id_of(++generated), .wrapped = blob(key.wrapped.at(0), operations)};
  }
  Result<core::KeyReference> change_release_policy(const core::KeyReference& key,
                                                   const core::ReleasePolicy& policy) override {
    ++policy_changes;
    return core::KeyReference{.id = id_of(++generated), .wrapped = {key.wrapped.at(0), policy.digest[0]}};
  }
  // release "encrypts" what it was asked.
  Result<core::ReleasedKey> release(const core::ReleaseRequest& request) override {
    return core::ReleasedKey{.encryption_key_id = request.token, .ciphertext = copy_of(bytes_of(request.policy))};
  }
  // So do the two of secure wrap.
  Result<Bytes> secure_wrap(const core::SecureWrapRequest& request) override { return request.key.wrapped; }
  Result<Bytes> secure_unwrap(const core::SecureUnwrapRequest& request) override {
    return copy_of(bytes_of(request.policy));
  }
  Result<core::KeyAttestation> attest(const core::KeyReference& key, std::string_view id) override {
    return core::KeyAttestation{
        .certificates = "chain", .private_key = key.wrapped, .public_key = copy_of(bytes_of(id))};
  }
  Result<core::CryptoReply> perform(const core::CryptoRequest&) override { return fail(Errc::kNotSupported); }
  Result<SecretBytes> random(std::size_t n) override { return SecretBytes(n); }
  Result<core::DomainFile> export_domain(const std::vector<Bytes>& certificates, unsigned) override {
    if (certificates.size() < 3) return fail(Errc::kBadParameter);
    return core::DomainFile{};
  }
  Result<Bytes> sign_checkpoint(ByteView) override { return Bytes(64); }
  Result<Bytes> audit_public_key() override { return Bytes(32); }

  std::atomic<unsigned> generated = 0;
  std::atomic<std::uint32_t> last_exponent = 0;
  std::atomic<unsigned> policy_changes = 0;
  std::mutex mutex;
  core::KeyPolicy last_policy;             // of the last key made
  core::PublicKey public_key;              // of every key made
  std::function<void()> while_generating;  // called once, by the next generation
  bool unavailable = false;
  SeededRandom domain_random;
  partition::MasterSecret domain = partition::MasterSecret::create(domain_random);

 private:
  static core::KeyId id_of(unsigned number) { return {static_cast<std::uint8_t>(number)}; }
  static Bytes blob(unsigned number, core::KeyOperations operations) {
    return {static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(operations.bits())};
  }
};

// ManualClock stands still until it is set. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t second) : second_(second) {}
  TimePoint now() const override { return from_unix_seconds(second_); }
  void set(std::int64_t second) { second_ = second; }

 private:
  std::atomic<std::int64_t> second_;
};

// RecordingSink is an audit log in memory. Thread-safe but for its switch.
class RecordingSink final : public core::AuditSink {
 public:
  Status append(std::span<const core::AuditEvent> events) override {
    if (refusing) return fail(Errc::kUnavailable);
    const std::lock_guard lock(mutex_);
    events_.insert(events_.end(), events.begin(), events.end());
    return {};
  }
  Status append_durable(std::span<const core::AuditEvent> events) override { return append(events); }

  std::vector<std::string> ids() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> ids;
    for (const core::AuditEvent& event : events_) ids.push_back(event.correlation_id);
    return ids;
  }
  // How many records there are of an operation's name.
  std::size_t count_named(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(events_, name, &core::AuditEvent::operation_name));
  }
  std::size_t count(const std::string& id) const { return static_cast<std::size_t>(std::ranges::count(ids(), id)); }
  const core::AuditEvent& last() const { return events_.back(); }

  std::atomic<bool> refusing = false;

 private:
  mutable std::mutex mutex_;
  std::vector<core::AuditEvent> events_;
};

inline core::KeyName named(std::string_view text) {
  return *core::KeyName::parse(text);
}

// an_operation is a request with an id of its own, `second` seconds after the start of time.
inline Operation an_operation(std::int64_t second = 1'000) {
  static std::atomic<unsigned> count = 0;
  Operation operation{.now = from_unix_seconds(second), .event = {}};
  operation.event.time = operation.now;
  operation.event.correlation_id = "request-" + std::to_string(++count);
  return operation;
}

// World is one instance's keys over fakes.
struct World {
  explicit World(Keys::Settings settings = {}) : settings_of_keys(settings) {}
  // Another node on the store of `other`, or the same one after a restart.
  World(core::Store& shared, Keys::Settings settings)
      : settings_of_keys(settings), store(shared), random(another_seed()) {}

  Result<core::KeyRecord> create(std::string_view name, std::int64_t second = 1'000) {
    Operation operation = an_operation(second);
    return keys.create(request(name), core::kRsaExponentDefault, operation);
  }
  // Nodes must not make the same ids.
  static unsigned another_seed() {
    static std::atomic<unsigned> seed = 1;
    return ++seed;
  }
  static NewKey request(std::string_view name) {
    return {.name = named(name),
            .spec = {.type = core::KeyType::kEc, .curve = core::Curve::kP256},
            .operations = {},
            .attributes = {},
            .tags = {}};
  }

  Keys::Settings settings_of_keys;
  storage::MemoryStore own_store;
  core::Store& store = own_store;
  CountingPartitions partitions;
  RecordingSink sink;
  SeededRandom random;
  Journal journal{store, sink};
  KeyCache cache{store};
  Keys keys{store, partitions, journal, cache, random, settings_of_keys};
};

template <class T>
Errc error_of(const Result<T>& result) {
  return result ? Errc::kCount_ : result.error().code;
}

}  // namespace hsm::service
