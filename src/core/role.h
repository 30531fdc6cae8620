#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/guid.h"
#include "base/result.h"
#include "core/data_action.h"
#include "core/scope.h"

namespace hsm::core {

// Permission: what one object of a role definition's `permissions` grants is dataActions less notDataActions.
struct Permission {
  std::vector<DataAction> data_actions;  // in the order given
  std::vector<DataAction> not_data_actions;
};

struct RoleDefinition {
  std::string name;  // GUID
  std::string role_name;
  std::string description;
  bool built_in = false;
  std::vector<Permission> permissions;

  DataActions granted() const;
};

// built_in_roles are the nine of reference/admin-api.md §2.6, in the order the service lists them.
std::span<const RoleDefinition> built_in_roles();
inline constexpr std::string_view kAdministratorRole = "a290e904-7015-4bba-90c8-60543313cdb4";

struct RoleAssignment {
  std::string name;          // GUID
  std::string role;          // the definition's name
  std::string principal_id;  // lower case
  Scope scope = Scope::root();
};

Bytes encode(const RoleAssignment& assignment);
Result<RoleAssignment> decode_role_assignment(ByteView bytes);

}  // namespace hsm::core
