#include "service/role_assignments.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/guid.h"
#include "base/log.h"
#include "base/text.h"
#include "core/operation.h"

namespace hsm::service {
namespace {

const std::string kPrefix = "assignments/";
constexpr std::size_t kPageSize = 1'000;

std::string path_of(const std::string& name) {
  return kPrefix + to_lower(name);
}

bool same_grant(const core::RoleAssignment& a, const core::RoleAssignment& b) {
  return a.role == b.role && a.principal_id == b.principal_id && a.scope == b.scope;
}

// No request made the first assignments: their audit records name the operator's configuration as the caller, and what
// a client would have asked for.
Operation seeding(const core::RoleAssignment& assignment, TimePoint now, Random& random) {
  const core::Caller configuration{.display_name = "initial_admins"};
  Operation operation{.now = now, .event = {}};
  operation.event.time = now;
  operation.event.operation_name = core::row(core::Operation::kCreateRoleAssignment).audit_name;
  operation.event.caller = std::make_shared<const core::Caller>(configuration);
  operation.event.client_info = "configuration";
  operation.event.correlation_id = new_guid(random).text();
  operation.event.request_uri = "/providers/Microsoft.Authorization/roleAssignments/" + assignment.name;
  return operation;
}

bool defined(const std::string& role) {
  return std::ranges::find(core::built_in_roles(), role, &core::RoleDefinition::name) != core::built_in_roles().end();
}

}  // namespace

Status RoleAssignments::load() {
  watch_ = store_.watch(kPrefix, [this](const core::Change& change) { apply(change); });
  std::string after;
  for (;;) {
    HSM_TRY(const auto page, store_.list(kPrefix, after, kPageSize));
    for (const core::Record& record : page) {
      HSM_TRY(core::RoleAssignment assignment, core::decode_role_assignment(record.value));
      const std::lock_guard lock(mutex_);
      by_name_.insert_or_assign(record.path, std::move(assignment));
    }
    if (page.size() < kPageSize) break;
    after = page.back().path;
  }
  const std::lock_guard lock(mutex_);
  publish();
  return {};
}

Status RoleAssignments::seed(const std::vector<std::string>& administrators, TimePoint now, Random& random) {
  for (const std::string& administrator : administrators) {
    core::RoleAssignment assignment{.name = new_guid(random).text(),
                                    .role = std::string(core::kAdministratorRole),
                                    .principal_id = to_lower(administrator),
                                    .scope = core::Scope::root()};
    const auto existing = list(core::Scope::root());
    if (std::ranges::any_of(existing, [&](const auto& other) { return same_grant(other, assignment); })) continue;
    Operation operation = seeding(assignment, now, random);
    HSM_CHECK(journal_.commit(
        {.expectations = {}, .puts = {{path_of(assignment.name), core::encode(assignment)}}, .deletes = {}}, operation,
        201));
  }
  return {};
}

void RoleAssignments::apply(const core::Change& change) {
  const std::lock_guard lock(mutex_);
  by_name_.erase(change.path);
  if (change.record) {
    auto assignment = core::decode_role_assignment(change.record->value);
    if (assignment) {
      by_name_.emplace(change.path, std::move(*assignment));
    } else {
      log::error("{}: {}; it grants nothing", change.path, assignment.error().message);
    }
  }
  publish();
}

void RoleAssignments::publish() {
  std::vector<core::RoleAssignment> assignments;
  assignments.reserve(by_name_.size());
  for (const auto& [path, assignment] : by_name_) assignments.push_back(assignment);
  grants_.store(std::make_shared<const core::Grants>(std::vector<core::RoleDefinition>{}, assignments));
}

std::vector<core::RoleAssignment> RoleAssignments::list(const core::Scope& scope) const {
  const bool at_key = scope.level() == core::Scope::Level::kKey;
  std::vector<core::RoleAssignment> found;
  const std::lock_guard lock(mutex_);
  for (const auto& [path, assignment] : by_name_) {
    if (assignment.scope.level() != core::Scope::Level::kKey || (at_key && assignment.scope == scope)) {
      found.push_back(assignment);
    }
  }
  return found;
}

Result<core::RoleAssignment> RoleAssignments::get(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_name_.find(path_of(name));
  if (found == by_name_.end()) return fail(Errc::kRoleAssignmentNotFound, "Requested role assignment not found");
  return found->second;
}

Result<core::RoleAssignment> RoleAssignments::create(core::RoleAssignment assignment, Operation& operation) {
  if (!defined(assignment.role)) return fail(Errc::kRoleDefinitionNotFound, "Requested role definition not found");
  const std::lock_guard creating(creating_);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, other] : by_name_) {
      if (!same_grant(other, assignment)) continue;
      if (path == path_of(assignment.name)) return other;
      return fail(
          Errc::kMatchingRoleAssignmentExists,
          fmt::format("Role assignment '{}' already adds role "
                      "'Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/{}' to principal '{}' "
                      "in scope '{}'.",
                      other.name, other.role, other.principal_id, other.scope.text()));
    }
  }
  core::Transaction transaction;
  transaction.expectations = {{path_of(assignment.name), core::kAbsent}};
  transaction.puts = {{path_of(assignment.name), core::encode(assignment)}};
  const Status committed = journal_.commit(std::move(transaction), operation, 201);
  if (!committed && committed.error().code == Errc::kConflict) {
    return fail(Errc::kConflict, "A role assignment of that name exists with other content.");
  }
  HSM_CHECK(committed);
  return assignment;
}

Result<core::RoleAssignment> RoleAssignments::remove(const std::string& name, Operation& operation) {
  HSM_TRY(core::RoleAssignment assignment, get(name));
  HSM_TRY(const auto record, store_.get(path_of(name)));
  if (!record) return fail(Errc::kRoleAssignmentNotFound, "Requested role assignment not found");
  core::Transaction transaction;
  transaction.expectations = {{record->path, record->revision}};
  transaction.deletes = {record->path};
  const Status committed = journal_.commit(std::move(transaction), operation);
  if (!committed && committed.error().code == Errc::kConflict) {
    return fail(Errc::kRoleAssignmentNotFound, "Requested role assignment not found");
  }
  HSM_CHECK(committed);
  return assignment;
}

}  // namespace hsm::service
