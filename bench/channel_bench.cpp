// The channel alone, front end to partition and back, with an operation that does nothing: the round trip when both
// sides are asleep between requests, and the CPU each side spends on an operation when 32 are in flight.
// The goals are those of issue 2: 15 µs median idle, 1 µs of CPU a side at depth 32.
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

#include "base/random.h"
#include "partition/client/fast_link.h"
#include "partition/engine/wrapped_key.h"
#include "partition/process/lane_server.h"
#include "partition/process/light_handler.h"

namespace {

using namespace hsm;
using namespace hsm::partition;
using Clock = std::chrono::steady_clock;

constexpr ChannelShape kShape{.links = 2, .workers = 1};
constexpr core::KeyPolicy kPolicy{.spec = {core::KeyType::kOct, core::Curve::kNone, 256},
                                  .operations = {core::KeyOperation::kEncrypt},
                                  .exportable = false,
                                  .local = false,
                                  .release_policy_digest = {}};

class NullEngine final : public Engine {
 public:
  const core::EngineInfo& info() const override { return info_; }
  void perform(std::span<Job> batch) override {
    for (Job& job : batch) job.result = core::CryptoReply{};
  }
  Result<GeneratedKey> generate(const core::KeySpec&, std::uint32_t) override { return fail(Errc::kNotSupported); }
  Result<GeneratedKey> import(const core::KeySpec&, const core::PrivateKey&) override {
    return fail(Errc::kNotSupported);
  }
  Result<TransferredMaterial> import_transfer(const core::KeySpec&, const SecretBytes&, const core::KeySpec&, ByteView,
                                              Random&) override {
    return fail(Errc::kNotSupported);
  }
  Result<Bytes> export_wrapped(const core::KeySpec&, const SecretBytes&, const core::PublicKey&, core::Digest,
                               Random&) override {
    return fail(Errc::kNotSupported);
  }
  Result<std::shared_ptr<const LoadedKey>> load(const core::KeyPolicy& policy, const SecretBytes&) override {
    return std::make_shared<const LoadedKey>(policy);
  }
  Result<MaterialFacts> facts(const core::KeySpec&, const SecretBytes&) override { return fail(Errc::kNotSupported); }

 private:
  core::EngineInfo info_;
};

// serve is the partition: one worker in a process of its own, without sandbox.
[[noreturn]] void serve(const ChannelMemory& memory, const Roster& roster, MasterSecret master) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::vector<int> bells{roster.bell(0), roster.bell(1)};
  DomainHolder domain;
  domain.open(std::move(master));
  NullEngine engine;
  KeyCache keys;
  LightHandler handler(engine, keys, domain);
  LaneServer server(memory, 0, bells, domain, handler);
  const std::atomic<bool> never = false;
  server.run(never);
  std::abort();
}

double cpu_seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

class Bench {
 public:
  Bench(Roster& roster, core::CryptoRequest request, pid_t child) : link_(roster, 0), request_(std::move(request)) {
    ::clock_getcpuclockid(child, &child_clock_);
  }

  // turn submits up to `depth` requests and waits for replies, as a loop of the front end does.
  std::size_t turn(std::size_t depth) {
    while (link_.in_flight() < depth && link_.submit(request_, 0)) {
    }
    link_.publish();
    pollfd ready{.fd = link_.event_fd(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, 1000);
    std::size_t done = 0;
    link_.drain([&done](std::uint64_t, const Result<FastLink::Results>& results) {
      if (!results) fmt::print("error: {}\n", results.error().message);
      ++done;
    });
    return done;
  }

  void round_trips(std::chrono::microseconds pause) {
    std::vector<double> times;
    for (int i = 0; i < 4000; ++i) {
      const auto begin = Clock::now();
      while (turn(1) == 0) {
      }
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
      if (pause.count() != 0) std::this_thread::sleep_for(pause);
    }
    std::ranges::sort(times);
    fmt::print("round trip, {} µs between requests: median {:.1f} µs, p99 {:.1f} µs\n", pause.count(),
               times[times.size() / 2], times[times.size() * 99 / 100]);
  }

  void cpu_at(std::size_t depth) {
    const double ours = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID), theirs = cpu_seconds(child_clock_);
    const auto begin = Clock::now();
    std::size_t done = 0;
    while (Clock::now() - begin < std::chrono::seconds(1)) done += turn(depth);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const double each = 1e6 / static_cast<double>(done);
    fmt::print("depth {:2}: {:7.0f} op/s, CPU per operation: front end {:.2f} µs, partition {:.2f} µs\n", depth,
               static_cast<double>(done) / seconds, (cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - ours) * each,
               (cpu_seconds(child_clock_) - theirs) * each);
  }

 private:
  FastLink link_;
  core::CryptoRequest request_;
  clockid_t child_clock_ = 0;
};

}  // namespace

int main() {
  SystemRandom random;
  MasterSecret master = MasterSecret::create(random);
  core::KeyReference key;
  key.wrapped = wrap(master.key_wrapping_key(), master.domain_id(), kPolicy, SecretBytes(32), random);
  key.id = key_id(key.wrapped);

  const auto roster = Roster::create(1, kShape).value();
  const auto memory = ChannelMemory::create(kShape).value();
  const pid_t child = ::fork();
  if (child == 0) serve(*memory, *roster, std::move(master));
  roster->open(0, memory);

  const Bytes input(256, 0x55);
  core::CryptoRequest request;
  request.key = std::make_shared<const core::KeyReference>(std::move(key));
  request.operation = core::KeyOperation::kEncrypt;
  request.algorithm = core::Algorithm::kA256Gcm;
  request.input = input;
  Bench bench(*roster, request, child);
  while (bench.turn(1) == 0) {
  }
  bench.round_trips(std::chrono::microseconds(0));
  bench.round_trips(std::chrono::microseconds(300));
  for (const std::size_t depth : {1, 8, 32}) bench.cpu_at(depth);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}
