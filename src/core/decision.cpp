#include "core/decision.h"

#include <algorithm>

namespace hsm::core {

std::string Decision::refusal() const {
  return "Not authorized to access " + std::string(name(action)) + " on " + scope.text();
}

Grants::Grants(const std::vector<RoleDefinition>& roles, const std::vector<RoleAssignment>& assignments) {
  std::unordered_map<std::string, DataActions> granted;
  for (const RoleDefinition& role : built_in_roles()) granted.emplace(role.name, role.granted());
  for (const RoleDefinition& role : roles) granted.emplace(role.name, role.granted());
  for (const RoleAssignment& assignment : assignments) {
    const auto role = granted.find(assignment.role);
    if (role == granted.end()) continue;
    by_principal_[assignment.principal_id].push_back({assignment.scope, role->second, assignment.name});
  }
}

const Grants::Grant* Grants::find(const std::string& principal, DataAction action, const Scope& scope) const {
  const auto grants = by_principal_.find(principal);
  if (grants == by_principal_.end()) return nullptr;
  const auto found = std::ranges::find_if(
      grants->second, [&](const Grant& grant) { return grant.actions.has(action) && grant.scope.covers(scope); });
  return found == grants->second.end() ? nullptr : &*found;
}

Decision Grants::decide(const Caller& caller, DataAction action, const Scope& scope) const {
  Decision decision{.allowed = false, .action = action, .scope = scope, .assignment = {}};
  const Grant* grant = find(caller.object_id, action, scope);
  for (std::size_t i = 0; grant == nullptr && i < caller.groups.size(); ++i)
    grant = find(caller.groups[i], action, scope);
  if (grant != nullptr) {
    decision.allowed = true;
    decision.assignment = grant->assignment;
  }
  return decision;
}

}  // namespace hsm::core
