#include "partition/process/partition_process.h"

#include <fcntl.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "attestation/attester.h"
#include "crypto/ed25519.h"
#include "partition/channel/launch.h"
#include "partition/engine/openssl/openssl_engine.h"
#include "partition/process/attestation_authorities.h"
#include "partition/process/control.h"
#include "partition/process/end_process.h"
#include "partition/process/give_way.h"
#include "partition/process/isolation.h"
#include "partition/process/job_handler.h"
#include "partition/process/lane_server.h"
#include "partition/process/light_handler.h"
#include "partition/process/locked_memory.h"
#include "partition/process/sandbox.h"
#include "partition/process/seal_key_file.h"

namespace hsm::partition {
namespace {

// Thread stacks count as locked memory; RSA-4096 and a batch of buffers (on the heap) are content with this.
constexpr std::size_t kStackBytes = 512 * 1024;
// Long jobs give way to everything else.
constexpr int kLongJobNice = 10;

// Threads are the partition's: they start, warm up, and begin to serve once the sandbox has been entered.
class Threads {
 public:
  Threads(const ChannelMemory& memory, const std::vector<int>& bells, Engine& engine, const DomainHolder& domain,
          FetchedKeys& authorities, const Clock& clock)
      : memory_(memory),
        bells_(bells),
        engine_(engine),
        domain_(domain),
        authorities_(authorities),
        clock_(clock),
        warm_(static_cast<std::ptrdiff_t>(memory.shape().threads())) {
    for (std::uint32_t i = 0; i < memory.shape().threads(); ++i) {
      std::thread([this, i] { run(i); }).detach();  // they end with the process
    }
    warm_.wait();
  }
  void serve() { sandboxed_.count_down(); }

 private:
  void run(std::uint32_t thread) {
    if (thread == memory_.shape().long_thread()) give_way();
    warm_up();
    const auto handler = make_handler(thread);
    LaneServer server(memory_, thread, bells_, domain_, *handler);
    warm_.count_down();
    sandboxed_.wait();
    server.run(never_);
  }

  // Each thread has its own random generators, made at their first use.
  static void warm_up() {
    std::uint8_t byte = 0;
    RAND_bytes(&byte, 1);
    RAND_priv_bytes(&byte, 1);
  }

  std::unique_ptr<Handler> make_handler(std::uint32_t thread) {
    if (thread >= memory_.shape().workers) {
      return std::make_unique<JobHandler>(engine_, domain_, authorities_, clock_);
    }
    return std::make_unique<LightHandler>(engine_, keys_, domain_);
  }

  const ChannelMemory& memory_;
  const std::vector<int>& bells_;
  Engine& engine_;
  const DomainHolder& domain_;
  FetchedKeys& authorities_;
  const Clock& clock_;
  KeyCache keys_;
  std::latch warm_;
  std::latch sandboxed_{1};
  std::atomic<bool> never_ = false;
};

// prepare_runtime settles what libraries would else read from files or decide by looking at them, later.
void prepare_runtime(const ChannelShape& shape) {
  ::mallopt(M_ARENA_MAX, static_cast<int>(shape.threads() + 1));
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  ::pthread_setattr_default_np(&attributes);
  ::pthread_attr_destroy(&attributes);
  ::tzset();  // reads the time zone's file, which checking a certificate's dates would else do
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_CIPHERS | OPENSSL_INIT_ADD_ALL_DIGESTS |
                          OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                      nullptr);
}

// The dates of certificates are made by the C library, which at the first one reads the system's time zone.
void make_a_first_certificate() {
  const SecretBytes zeros(crypto::kEd25519SeedBytes);
  (void)attestation::Attester({}, zeros, zeros);
}

Status serve(const LaunchOptions& options, const std::vector<int>& bells) {
  HSM_TRY(const auto memory, ChannelMemory::open(Fd(kMemoryFd), options.shape));
  memory->close_fd();
  const auto locked = lock_memory();
  if (!locked && !options.allow_unlocked_memory) return std::unexpected(locked.error());
  if (!locked) say("keys may reach the swap space: " + locked.error().message);
  prepare_runtime(options.shape);
  HSM_TRY(Providers providers, load_providers({.fips_module = options.fips_module, .fips = options.fips}));
  if (!providers.ml_dsa) say("no ML-DSA: " + providers.missing);
  HSM_TRY(SecretBytes seal_key, open_seal_key(options.seal_key_file));
  const SystemClock clock;
  HSM_TRY(const auto authorities, open_authorities(options.authorities, clock));
  OpenSslEngine engine(std::move(providers));
  make_a_first_certificate();
  for (const std::string& missing : isolate(locked.value_or(LockedBy::kLimit)))
    say("the system does not allow " + missing);
  DomainHolder domain;
  Threads threads(*memory, bells, engine, domain, *authorities, clock);
  HSM_CHECK(enter_sandbox());
  threads.serve();
  Control control(kControlFd, std::move(seal_key), domain);
  control.say_ready(engine.info());
  control.run();
  ::_exit(0);  // its threads still run: nothing may be destroyed under them
}

}  // namespace

int run_partition(int argument_count, char** arguments) {
  const auto options = parse_arguments({arguments + 1, arguments + argument_count});
  if (!options || ::fcntl(kControlFd, F_GETFD) < 0 || ::fcntl(kMemoryFd, F_GETFD) < 0) {
    say("is started by strongroomd, not by hand");
    return 2;
  }
  std::vector<int> bells;
  for (std::uint32_t link = 0; link < options->shape.links; ++link)
    bells.push_back(kFirstBellFd + static_cast<int>(link));
  close_inherited(kControlFd, 2 + static_cast<int>(bells.size()));
  const Status served = serve(*options, bells);
  DomainHolder locked;
  Control(kControlFd, SecretBytes(), locked).say_failed(served.error());
  return 1;
}

}  // namespace hsm::partition
