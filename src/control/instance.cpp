#include "control/instance.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <unordered_set>

#include "audit/log.h"
#include "base/guid.h"
#include "base/log.h"
#include "base/wire.h"
#include "control/ticker.h"
#include "service/due_keys.h"
#include "service/journal.h"
#include "service/key_cache.h"
#include "storage/sealing_store.h"
#include "storage/sqlite.h"

namespace hsm::control {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameMin = 3;
constexpr std::size_t kNameMax = 24;
constexpr int kRetentionDaysMin = 7;
constexpr int kRetentionDaysMax = 90;
constexpr std::chrono::seconds kDueInterval{60};  // how late a due rotation or purge may be
constexpr std::chrono::seconds kTidyInterval{1};  // how long the outbox may hold what the log has

// The one record that is not sealed under the record key, since it leads to it: the domain, sealed by the node's seal.
const std::string kSealedDomainPath = "boot/domain";

Status check(const InstanceConfig& config) {
  if (!valid_instance_name(config.name)) {
    return fail(Errc::kBadParameter,
                "instance name '" + config.name + "': use 3 to 24 of a-z, 0-9 and -, beginning with a letter");
  }
  if (config.retention_days < kRetentionDaysMin || config.retention_days > kRetentionDaysMax) {
    return fail(Errc::kBadParameter, "instance " + config.name + ": retention_days must be 7 to 90");
  }
  return {};
}

Status make_directory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return fail(Errc::kUnavailable, "can't make the directory " + path + ": " + error.message());
  return {};
}

class OpenInstance final : public Instance {
 public:
  OpenInstance(InstanceConfig config, const Clock& clock, Random& random)
      : config_(std::move(config)), clock_(clock), random_(random) {}
  ~OpenInstance() override { close(); }

  Status open() {
    HSM_CHECK(check(config_));
    HSM_CHECK(make_directory(config_.directory));
    HSM_TRY(disk_, storage::SqliteStore::open(config_.directory + "/store.db"));
    HSM_TRY(audit_, audit::FileAuditLog::open({.directory = config_.directory + "/audit",
                                               .identity = {.tenant_id = config_.tenant, .pool_name = config_.name},
                                               .strict = config_.strict_audit},
                                              clock_));
    HSM_TRY(partitions_, PartitionSupervisor::start(config_.partitions));
    const core::EngineInfo& engine = partitions_->engine_info();
    log::info("instance {}: {} {}, FIPS mode {}", config_.name, engine.provider, engine.provider_version,
              engine.fips ? "on" : "off");
    HSM_CHECK(open_domain());
    HSM_CHECK(begin_audit());
    return open_services();
  }

  service::Hsm& hsm() override { return *hsm_; }
  PartitionSupervisor& partitions() override { return *partitions_; }

  void close() override {
    tidying_.reset();
    ticker_.reset();
    tidy_outbox();
    if (audit_) {
      if (const Status closed = audit_->close(); !closed) log::error("audit log: {}", closed.error().message);
    }
    if (partitions_) partitions_->stop();
  }

 private:
  // Opens the partitions with the domain of the store, or makes a new one.
  Status open_domain() {
    HSM_TRY(const auto record, disk_->get(kSealedDomainPath));
    if (record) {
      HSM_TRY(OpenedDomain domain, partitions_->open_domain(record->value));
      seal_records(domain.domain_id, std::move(domain.record_key));
      return {};
    }
    log::info("instance {}: making a new security domain", config_.name);
    HSM_TRY(CreatedDomain domain, partitions_->create_domain());
    HSM_TRY([[maybe_unused]] const core::Revision revision,
            disk_->commit({.expectations = {{kSealedDomainPath, core::kAbsent}},
                           .puts = {{kSealedDomainPath, std::move(domain.sealed)}},
                           .deletes = {}}));
    seal_records(domain.domain_id, std::move(domain.record_key));
    return {};
  }

  void seal_records(const core::DomainId& domain, SecretBytes record_key) {
    store_ = std::make_unique<storage::SealingStore>(*disk_, std::move(record_key), copy_of(domain), random_);
  }

  Status begin_audit() {
    core::Partitions& partitions = partitions_->partitions();
    HSM_TRY(Bytes public_key, partitions.audit_public_key());
    HSM_CHECK(audit_->set_signer({.public_key = std::move(public_key), .sign = [&partitions](ByteView message) {
                                    return partitions.sign_checkpoint(message);
                                  }}));
    // The start is a record of its own, signed at once: so the log tells when the HSM ran, and from the first request
    // on a signed head says where it must not end before.
    const core::AuditEvent start{.time = clock_.now(),
                                 .operation_name = "ManagedHsmStart",
                                 .http_status = 200,
                                 .correlation_id = new_guid(random_).text()};
    HSM_CHECK(audit_->append_durable({&start, 1}));
    return audit_->checkpoint();
  }

  Status open_services() {
    journal_ = std::make_unique<service::Journal>(*store_, *audit_);
    const auto& recent = audit_->recent_correlation_ids();
    HSM_CHECK(journal_->recover({recent.begin(), recent.end()}));
    cache_ = std::make_unique<service::KeyCache>(*store_);
    keys_ = std::make_unique<service::Keys>(*store_, partitions_->partitions(), *journal_, *cache_, random_,
                                            service::Keys::Settings{.retention_days = config_.retention_days,
                                                                    .purge_protection = config_.purge_protection});
    roles_ = std::make_unique<service::RoleAssignments>(*store_, *journal_);
    HSM_CHECK(roles_->load());
    domain_ = std::make_unique<service::SecurityDomain>(*store_, partitions_->partitions(), *journal_);
    HSM_CHECK(domain_->load());
    if (!domain_->active()) HSM_CHECK(roles_->seed(config_.initial_admins, clock_.now(), random_));
    hsm_ = std::make_unique<service::Hsm>(service::Hsm{config_.name, config_.region, clock_, random_, *keys_, *roles_,
                                                       *domain_, partitions_->partitions(), *audit_,
                                                       partitions_->engine_info()});
    due_ = std::make_unique<service::DueKeys>(*store_, *keys_, clock_, random_, config_.base_url);
    ticker_ = std::make_unique<Ticker>(kDueInterval, [this](const std::stop_token& stop) { tend_due_keys(stop); });
    tidying_ = std::make_unique<Ticker>(kTidyInterval, [this](const std::stop_token&) { tidy_outbox(); });
    return {};
  }

  // The first time is at once, which catches up with what fell due while nothing ran.
  void tend_due_keys(const std::stop_token& stop) {
    try {
      const auto done = due_->run(stop);
      if (done.rotated + done.purged + done.failed == 0) return;
      log::info("instance {}: {} keys rotated, {} purged as they were due; {} failed", config_.name, done.rotated,
                done.purged, done.failed);
    } catch (const std::exception& bug) {  // costs this turn, not the server
      log::error("instance {}: tending keys that are due: {}", config_.name, bug.what());
    }
  }

  void tidy_outbox() {
    if (!journal_) return;
    const Status tidied = journal_->tidy();  // on failure the next second, or the next change, tries again
    if (!tidied) log::debug("instance {}: the outbox keeps its records: {}", config_.name, tidied.error().message);
  }

  const InstanceConfig config_;
  const Clock& clock_;
  Random& random_;
  std::unique_ptr<core::Store> disk_;
  std::unique_ptr<PartitionSupervisor> partitions_;
  std::unique_ptr<audit::FileAuditLog> audit_;  // after the partitions: closing it signs
  std::unique_ptr<core::Store> store_;
  std::unique_ptr<service::Journal> journal_;
  std::unique_ptr<service::KeyCache> cache_;
  std::unique_ptr<service::Keys> keys_;
  std::unique_ptr<service::RoleAssignments> roles_;
  std::unique_ptr<service::SecurityDomain> domain_;
  std::unique_ptr<service::Hsm> hsm_;
  std::unique_ptr<service::DueKeys> due_;
  std::unique_ptr<Ticker> ticker_;  // these two last: their threads use the others
  std::unique_ptr<Ticker> tidying_;
};

}  // namespace

bool valid_instance_name(std::string_view name) {
  return name.size() >= kNameMin && name.size() <= kNameMax && name.front() >= 'a' && name.front() <= 'z' &&
         name.back() != '-' &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Result<std::unique_ptr<Instance>> Instance::open(InstanceConfig config, const Clock& clock, Random& random) {
  auto instance = std::make_unique<OpenInstance>(std::move(config), clock, random);
  HSM_CHECK(instance->open());
  return instance;
}

}  // namespace hsm::control
