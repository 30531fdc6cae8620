#pragma once
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "core/engine_info.h"
#include "core/ports/audit_sink.h"
#include "core/ports/partitions.h"
#include "service/keys.h"
#include "service/role_assignments.h"
#include "service/security_domain.h"

namespace hsm::service {

// Hsm is one open instance as its API sees it. It owns nothing; whoever runs the instance keeps the parts alive.
struct Hsm {
  std::string name;    // lower case
  std::string region;  // printed in x-ms-keyvault-region
  const Clock& clock;
  Random& random;
  Keys& keys;
  RoleAssignments& roles;
  SecurityDomain& domain;
  core::Partitions& partitions;
  core::AuditSink& audit;
  const core::EngineInfo& engine;  // with what its partitions work
};

}  // namespace hsm::service
