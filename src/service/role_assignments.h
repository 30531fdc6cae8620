#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "core/decision.h"
#include "core/role.h"
#include "service/journal.h"

namespace hsm::service {

// RoleAssignments is an instance's local RBAC, the only authority over its keys. Decisions are made on a snapshot in
// memory, which the store's watch replaces before the commit that changed it returns: a revoked role is revoked when
// the revoking call is answered. Thread-safe.
class RoleAssignments {
 public:
  RoleAssignments(core::Store& store, Journal& journal) : store_(store), journal_(journal) {}

  // load reads all assignments; call once, before the first decision.
  Status load();
  // seed gives each object id the Administrator role at /, as a new instance does (reference/admin-api.md §2.8), with
  // an audit record each. Those that have it keep it. kUnavailable.
  Status seed(const std::vector<std::string>& administrators, TimePoint now, Random& random);

  core::Decision decide(const core::Caller& caller, core::DataAction action, const core::Scope& scope) const {
    return grants_.load()->decide(caller, action, scope);
  }

  // list at / or /keys returns what is assigned at those two; at a key what is assigned there or above (unconfirmed).
  std::vector<core::RoleAssignment> list(const core::Scope& scope) const;
  // kRoleAssignmentNotFound
  Result<core::RoleAssignment> get(const std::string& name) const;
  // create: kMatchingRoleAssignmentExists when role, principal and scope are already joined under another name;
  // kRoleDefinitionNotFound; kConflict when the name has other content. The same content again is no error.
  Result<core::RoleAssignment> create(core::RoleAssignment assignment, Operation& operation);
  Result<core::RoleAssignment> remove(const std::string& name, Operation& operation);

 private:
  void apply(const core::Change& change);
  void publish();  // with mutex_ held

  core::Store& store_;
  Journal& journal_;
  std::mutex creating_;  // held from the look for an equal grant to its commit; before mutex_
  mutable std::mutex mutex_;
  std::map<std::string, core::RoleAssignment> by_name_;
  std::atomic<std::shared_ptr<const core::Grants>> grants_{std::make_shared<const core::Grants>()};
  std::unique_ptr<core::Store::Watch> watch_;
};

}  // namespace hsm::service
