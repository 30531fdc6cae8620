#include "control/supervisor.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "control/supervisor_process.h"
#include "control/supervisor_watchdog.h"
#include "control/tcp_dialer.h"
#include "partition/channel/domain_codec.h"
#include "partition/client/partition_pool.h"

namespace hsm::control {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A partition that dies is started again at once; one that keeps dying young, after a delay that doubles but leaves it
// back within the second that clients may wait.
constexpr seconds kYoung{1};
constexpr milliseconds kFirstDelay{100};
constexpr milliseconds kDelayMax{500};
// How often partitions are looked at, and links are reminded of their deadlines while a partition is missing.
constexpr milliseconds kTick{200};

std::string beside_running_executable() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "strongroom-partition";
}

milliseconds delay_after(unsigned early_deaths) {
  milliseconds delay{0};
  for (unsigned i = 1; i < early_deaths && delay < kDelayMax; ++i) delay = std::max(delay * 2, kFirstDelay);
  return std::min(delay, kDelayMax);
}

// Slot is one partition of the instance, whichever process it is at the moment.
struct Slot {
  std::unique_ptr<PartitionProcess> process;  // nullptr: none runs
  std::optional<Watchdog> watchdog;           // while it is open
  Clock::time_point started{};
  Clock::time_point start_at{};  // while none runs
  unsigned early_deaths = 0;
};

class Supervisor final : public PartitionSupervisor {
 public:
  Supervisor(SupervisorConfig config, std::unique_ptr<partition::Roster> roster)
      : config_(std::move(config)),
        roster_(std::move(roster)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        slots_(config_.partitions),
        pids_(config_.partitions),
        pool_(*roster_, roster_->shape().blocking_link(), &dialer_) {
    for (unsigned i = 0; i < config_.front_end_threads; ++i) {
      links_.push_back(std::make_unique<partition::FastLink>(*roster_, i));
    }
  }
  ~Supervisor() override { stop(); }

  Status run();
  Result<CreatedDomain> create_domain() override;
  Result<OpenedDomain> open_domain(ByteView sealed) override;
  partition::FastLink& fast_link(unsigned thread) override { return *links_.at(thread); }
  core::Partitions& partitions() override { return pool_; }
  const core::EngineInfo& engine_info() const override { return engine_info_; }
  std::vector<pid_t> pids() const override { return {pids_.begin(), pids_.end()}; }
  void stop() override;

 private:
  void supervise(std::promise<Status> started);
  Status start_all();
  Status start(unsigned index);
  Status rejoin(PartitionProcess& process) const;
  void wait_for_events();
  void take_deaths();
  void restart_missing();
  void end_broken_and_stuck();
  Result<OpenedDomain> open(unsigned index);
  void opened(unsigned index);
  void bury(unsigned index);
  Result<OpenedDomain> open_those_that_run();
  std::string executable() const {
    return config_.executable.empty() ? beside_running_executable() : config_.executable;
  }

  const SupervisorConfig config_;
  const std::unique_ptr<partition::Roster> roster_;
  const Fd wake_;
  mutable std::mutex mutex_;  // guards slots_ and sealed_
  std::vector<Slot> slots_;
  Bytes sealed_;                  // empty: no domain yet
  core::EngineInfo engine_info_;  // constant after run
  std::vector<std::atomic<pid_t>> pids_;
  TcpDialer dialer_;
  partition::PartitionPool pool_;
  std::vector<std::unique_ptr<partition::FastLink>> links_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // the parent of all partitions, which die with it
};

Status Supervisor::run() {
  std::promise<Status> started;
  auto result = started.get_future();
  thread_ = std::thread([this, promise = std::move(started)]() mutable { supervise(std::move(promise)); });
  return result.get();
}

void Supervisor::stop() {
  if (stopping_.exchange(true)) return;
  partition::ring_event(wake_.get());
  if (thread_.joinable()) thread_.join();
  pool_.stop();
}

void Supervisor::supervise(std::promise<Status> started) {
  const Status all = start_all();
  started.set_value(all);
  while (all && !stopping_) {
    wait_for_events();
    const std::lock_guard lock(mutex_);
    take_deaths();
    end_broken_and_stuck();
    restart_missing();
  }
  const std::lock_guard lock(mutex_);
  for (Slot& slot : slots_) {
    if (slot.process) slot.process->close_control();  // all at once, then wait for each
  }
  for (unsigned i = 0; i < slots_.size(); ++i) {
    roster_->close(i);
    slots_[i].process.reset();
    pids_[i] = 0;
  }
}

Status Supervisor::start_all() {
  const std::lock_guard lock(mutex_);
  for (unsigned i = 0; i < slots_.size(); ++i) HSM_CHECK(start(i));
  for (Slot& slot : slots_) {
    HSM_TRY(engine_info_, slot.process->await_ready());
  }
  return {};
}

Status Supervisor::start(unsigned index) {
  Slot& slot = slots_[index];
  HSM_TRY(slot.process, PartitionProcess::spawn(executable(),
                                                {.shape = roster_->shape(),
                                                 .seal_key_file = config_.seal_key_file,
                                                 .allow_unlocked_memory = config_.allow_unlocked_memory,
                                                 .authorities = config_.authorities,
                                                 .fips_module = config_.fips_provider,
                                                 .fips = config_.fips},
                                                *roster_));
  slot.started = Clock::now();
  pids_[index] = slot.process->pid();
  return {};
}

// rejoin waits for a partition that was started again. One that is not like the others must not serve beside them: its
// keys would be used by another provider than /healthstatus tells.
Status Supervisor::rejoin(PartitionProcess& process) const {
  HSM_TRY(const core::EngineInfo info, process.await_ready());
  if (info == engine_info_) return {};
  return fail(Errc::kUnavailable, "it works with another cryptographic provider than at first");
}

void Supervisor::wait_for_events() {
  std::vector<pollfd> events{{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  Clock::time_point next = Clock::now() + kTick;
  {
    const std::lock_guard lock(mutex_);
    for (const Slot& slot : slots_) {
      if (!slot.process) next = std::min(next, slot.start_at);
      if (slot.process) events.push_back({.fd = slot.process->pidfd(), .events = POLLIN, .revents = 0});
    }
  }
  const auto timeout = std::chrono::ceil<milliseconds>(next - Clock::now());
  ::poll(events.data(), events.size(), static_cast<int>(std::max(timeout, milliseconds{0}).count()));
}

void Supervisor::take_deaths() {
  for (unsigned i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].process) continue;
    pollfd ended{.fd = slots_[i].process->pidfd(), .events = POLLIN, .revents = 0};
    if (::poll(&ended, 1, 0) == 1) bury(i);
  }
}

// bury tells the links, and sets the time of the next start.
void Supervisor::bury(unsigned index) {
  Slot& slot = slots_[index];
  pids_[index] = 0;
  roster_->close(index);
  const Clock::time_point now = Clock::now();
  slot.early_deaths = now - slot.started < kYoung ? slot.early_deaths + 1 : 0;
  slot.start_at = now + delay_after(slot.early_deaths);
  log::warn("partition {} (process {}) {}; it is started again", index, slot.process->pid(), slot.process->reap());
  slot.process.reset();
  slot.watchdog.reset();
}

void Supervisor::restart_missing() {
  bool missing = false;
  for (unsigned i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.process) continue;
    missing = true;
    if (Clock::now() < slot.start_at) continue;
    Status ready = start(i);
    if (ready) ready = rejoin(*slot.process);
    if (ready && !sealed_.empty()) {
      const auto domain = open(i);
      if (domain) {
        opened(i);
      } else {
        ready = std::unexpected(domain.error());
      }
    }
    if (ready) continue;
    log::error("partition {}: {}", i, ready.error().message);
    if (slot.process) {
      slot.process->kill();
      bury(i);
    } else {
      slot.start_at = Clock::now() + kDelayMax;
    }
  }
  if (missing) roster_->ring();
}

void Supervisor::end_broken_and_stuck() {
  std::vector<unsigned> ill = roster_->take_broken();
  for (unsigned i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.watchdog && slot.watchdog->stuck(*slot.process->memory(), Clock::now())) ill.push_back(i);
  }
  for (const unsigned i : ill) {
    if (!slots_[i].process) continue;
    log::error("partition {} (process {}) is stuck or sends nonsense; it is ended", i, slots_[i].process->pid());
    slots_[i].process->kill();
    bury(i);
  }
}

void Supervisor::opened(unsigned index) {
  Slot& slot = slots_[index];
  slot.watchdog.emplace(*slot.process->memory(), Clock::now());
  roster_->open(index, slot.process->memory());
}

Result<OpenedDomain> Supervisor::open(unsigned index) {
  PartitionProcess& process = *slots_[index].process;
  HSM_CHECK(process.send(partition::MessageType::kOpenDomain, sealed_));
  HSM_TRY(const SecretBytes reply, process.receive());
  HSM_TRY(partition::DomainKeys keys, partition::decode_domain_keys(reply.reveal()));
  return OpenedDomain{.domain_id = keys.id, .record_key = std::move(keys.record_key)};
}

// open_those_that_run opens all partitions with sealed_; one that is being restarted is opened when it is back. What
// the first one answers is the answer.
Result<OpenedDomain> Supervisor::open_those_that_run() {
  Result<OpenedDomain> first = fail(Errc::kUnavailable, "no partition runs at the moment");
  bool answered = false;
  for (unsigned i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].process || slots_[i].watchdog) continue;
    Result<OpenedDomain> domain = open(i);
    if (domain) opened(i);
    if (!domain && domain.error().code != Errc::kBadCiphertext) slots_[i].process->kill();
    if (!answered || (domain && !first)) first = std::move(domain);
    answered = true;
  }
  return first;
}

Result<CreatedDomain> Supervisor::create_domain() {
  const std::lock_guard lock(mutex_);
  if (!sealed_.empty()) return fail(Errc::kConflict, "the instance has a security domain");
  const auto first = std::ranges::find_if(slots_, [](const Slot& slot) { return slot.process != nullptr; });
  if (first == slots_.end()) return fail(Errc::kUnavailable, "no partition runs at the moment");
  HSM_CHECK(first->process->send(partition::MessageType::kCreateDomain, {}));
  HSM_TRY(const SecretBytes reply, first->process->receive());
  HSM_TRY(partition::NewDomain domain, partition::decode_new_domain(reply.reveal()));
  sealed_ = domain.sealed;
  opened(static_cast<unsigned>(first - slots_.begin()));
  if (slots_.size() > 1) open_those_that_run();  // those that fail are started again
  return CreatedDomain{
      .sealed = std::move(domain.sealed), .domain_id = domain.keys.id, .record_key = std::move(domain.keys.record_key)};
}

Result<OpenedDomain> Supervisor::open_domain(ByteView sealed) {
  const std::lock_guard lock(mutex_);
  if (!sealed_.empty()) return fail(Errc::kConflict, "the instance's security domain is open");
  sealed_ = copy_of(sealed);
  Result<OpenedDomain> domain = open_those_that_run();
  if (!domain) sealed_.clear();
  return domain;
}

}  // namespace

Result<std::unique_ptr<PartitionSupervisor>> PartitionSupervisor::start(SupervisorConfig config) {
  const partition::ChannelShape shape{.links = config.front_end_threads + 1, .workers = config.workers};
  if (config.partitions < 1 || config.partitions > kPartitionsMax || !partition::valid(shape)) {
    return fail(Errc::kBadParameter, "the number of partitions, workers or threads is out of range");
  }
  HSM_TRY(auto roster, partition::Roster::create(config.partitions, shape));
  auto supervisor = std::make_unique<Supervisor>(std::move(config), std::move(roster));
  HSM_CHECK(supervisor->run());
  return supervisor;
}

}  // namespace hsm::control
