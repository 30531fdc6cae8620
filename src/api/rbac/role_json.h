#pragma once
#include <string>

#include "core/role.h"

namespace hsm::api::rbac {

// JSON of role definitions and assignments, members in the service's order (reference/admin-api.md §2.1, §2.4).
void append_definition(std::string& out, const core::RoleDefinition& role);
void append_assignment(std::string& out, const core::RoleAssignment& assignment);

// role_name_of reads a roleDefinitionId: the full id with or without a leading slash, or a bare GUID (§2.1).
Result<std::string> role_name_of(std::string_view role_definition_id);

}  // namespace hsm::api::rbac
