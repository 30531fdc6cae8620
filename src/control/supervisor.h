#pragma once
#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/domain_id.h"
#include "core/engine_info.h"
#include "core/ports/partitions.h"
#include "partition/channel/launch.h"
#include "partition/client/fast_link.h"

namespace hsm::control {

struct SupervisorConfig {
  std::string executable;              // strongroom-partition; empty: the one beside the running executable
  std::string seal_key_file;           // made with mode 0600 if absent; partitions of one node share it
  unsigned partitions = 3;             // 1 to kPartitionsMax
  unsigned workers = 1;                // threads for light operations in each partition, 1 to partition::kWorkersMax
  unsigned front_end_threads = 1;      // as many fast links
  bool allow_unlocked_memory = false;  // start where RLIMIT_MEMLOCK forbids to lock memory (development only)
  std::vector<partition::AttestationAuthority> authorities;  // whose tokens may release keys
  std::string fips_provider;  // OpenSSL's FIPS provider (.../fips.so); empty: one of the usual places, if any
  bool fips = false;          // FIPS mode: nothing but approved algorithms, by that provider
};
inline constexpr unsigned kPartitionsMax = 16;

// CreatedDomain is what a new security domain gives to the front end. `sealed` is for the store: only partitions with
// this node's seal key can open it. The record key seals store records (design §5).
struct CreatedDomain {
  Bytes sealed;
  core::DomainId domain_id;
  SecretBytes record_key;
};
struct OpenedDomain {
  core::DomainId domain_id;
  SecretBytes record_key;
};

// PartitionSupervisor runs the partitions of one instance: starts their processes, opens them, and when one dies starts
// it again and opens it with the same sealed domain, while the links send its requests to the others. Thread-safe.
// The links it gives live as long as the supervisor.
class PartitionSupervisor {
 public:
  // start returns once all partitions run; they are locked. kUnavailable: one can't be started; the message says why.
  static Result<std::unique_ptr<PartitionSupervisor>> start(SupervisorConfig config);
  virtual ~PartitionSupervisor() = default;  // stops as stop() does

  // create_domain makes a new master secret in the first partition and opens the others with it. kConflict: already
  // open.
  virtual Result<CreatedDomain> create_domain() = 0;
  // open_domain opens all partitions. kBadCiphertext: sealed by another node's seal, or damaged.
  virtual Result<OpenedDomain> open_domain(ByteView sealed) = 0;

  // fast_link returns the link of one front-end thread, 0 to front_end_threads - 1; only that thread may use it.
  virtual partition::FastLink& fast_link(unsigned thread) = 0;
  // partitions is the blocking way, from any thread.
  virtual core::Partitions& partitions() = 0;

  // engine_info is what the partitions said of themselves; they are all started alike.
  virtual const core::EngineInfo& engine_info() const = 0;

  // pids of the running partitions; 0 for one that is being restarted.
  virtual std::vector<pid_t> pids() const = 0;
  // stop ends all partitions; what is in flight fails. Idempotent.
  virtual void stop() = 0;
};

}  // namespace hsm::control
