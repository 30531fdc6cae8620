#pragma once
#include <sys/types.h>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "control/supervisor.h"
#include "service/hsm.h"

namespace hsm::control {

// InstanceConfig is what makes one HSM. All of it but the name may change between two starts; the administrators count
// only until the instance is activated, since from then on local RBAC is the only authority.
struct InstanceConfig {
  std::string name;       // 3 to 24 of 0-9 a-z -, see valid_instance_name
  std::string directory;  // its own: store, audit log; made with mode 0700
  std::string tenant;     // GUID, for the audit log
  std::string region = "local";
  std::string base_url;                     // https://host[:port]: the start of key ids in records that no request made
  std::vector<std::string> initial_admins;  // object ids
  int retention_days = 90;                  // 7 to 90
  bool purge_protection = false;
  bool strict_audit = false;
  SupervisorConfig partitions;
};

// valid_instance_name: reference/control-plane.md's rule for the name of a Managed HSM.
bool valid_instance_name(std::string_view name);

// Instance is one HSM that runs: its partitions, its store, its audit log and the services over them.
class Instance {
 public:
  // open starts the partitions and opens what the directory holds; an empty directory becomes a new instance with a
  // master secret of its own, not activated. Errors: kBadParameter (configuration), kUnavailable (partitions, store or
  // audit log can't be opened; the message says what to do), kInternal (damage).
  static Result<std::unique_ptr<Instance>> open(InstanceConfig config, const Clock& clock, Random& random);
  virtual ~Instance() = default;

  virtual service::Hsm& hsm() = 0;
  virtual PartitionSupervisor& partitions() = 0;
  // close ends it in order: nothing new, the audit log signed and flushed, the partitions stopped.
  virtual void close() = 0;
};

}  // namespace hsm::control
