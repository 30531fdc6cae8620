#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/caller.h"
#include "core/role.h"

namespace hsm::core {

// Decision is the answer to "may this caller do this here?", with what it rests on. The audit record is written from
// it.
struct Decision {
  bool allowed = false;
  DataAction action{};
  Scope scope = Scope::root();
  std::string assignment;  // the name of the role assignment that granted it

  // refusal is the message a denied caller gets (reference/admin-api.md §1.4).
  std::string refusal() const;
};

// Grants is all of an instance's role assignments at one moment, ready to be asked. Immutable: a change makes a new
// one. A role that is assigned but no longer defined grants nothing.
class Grants {
 public:
  Grants() = default;
  Grants(const std::vector<RoleDefinition>& roles, const std::vector<RoleAssignment>& assignments);
  Decision decide(const Caller& caller, DataAction action, const Scope& scope) const;

 private:
  struct Grant {
    Scope scope;
    DataActions actions;
    std::string assignment;
  };
  const Grant* find(const std::string& principal, DataAction action, const Scope& scope) const;
  std::unordered_map<std::string, std::vector<Grant>> by_principal_;
};

}  // namespace hsm::core
