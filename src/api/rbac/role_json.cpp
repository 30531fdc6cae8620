#include "api/rbac/role_json.h"

#include "base/json_text.h"
#include "base/text.h"

namespace hsm::api::rbac {
namespace {

constexpr std::string_view kDefinitions = "Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/";

void append_actions(std::string& out, std::string_view name, const std::vector<core::DataAction>& actions) {
  out.append("\"").append(name).append("\":[");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    out.append(i == 0 ? "\"" : ",\"").append(core::name(actions[i])).append("\"");
  }
  out.push_back(']');
}

}  // namespace

void append_definition(std::string& out, const core::RoleDefinition& role) {
  out.append(R"({"id":")").append(kDefinitions).append(role.name).append(R"(","name":")").append(role.name);
  out += R"(","properties":{"assignableScopes":["/"],"description":)";
  append_json_string(out, role.description);
  out += R"(,"permissions":[)";
  for (std::size_t i = 0; i < role.permissions.size(); ++i) {
    if (i > 0) out.push_back(',');
    out += R"({"actions":[],)";
    append_actions(out, "dataActions", role.permissions[i].data_actions);
    out += R"(,"notActions":[],)";
    append_actions(out, "notDataActions", role.permissions[i].not_data_actions);
    out.push_back('}');
  }
  out += R"(],"roleName":)";
  append_json_string(out, role.role_name);
  out.append(R"(,"type":")").append(role.built_in ? "AKVBuiltInRole" : "CustomRole");
  out += R"("},"type":"Microsoft.Authorization/roleDefinitions"})";
}

void append_assignment(std::string& out, const core::RoleAssignment& assignment) {
  out.append(R"({"id":"/providers/Microsoft.Authorization/roleAssignments/)").append(assignment.name);
  out.append(R"(","name":")").append(assignment.name);
  out.append(R"(","properties":{"principalId":")").append(assignment.principal_id);
  out.append(R"(","roleDefinitionId":")").append(kDefinitions).append(assignment.role);
  out.append(R"(","scope":")").append(assignment.scope.text());
  out += R"("},"type":"Microsoft.Authorization/roleAssignments"})";
}

Result<std::string> role_name_of(std::string_view id) {
  if (id.starts_with('/')) id.remove_prefix(1);
  if (equal_ignoring_case(id.substr(0, kDefinitions.size()), kDefinitions)) id.remove_prefix(kDefinitions.size());
  if (!GuidRule::valid(id)) return fail(Errc::kBadParameter, "'roleDefinitionId' is not the id of a role definition.");
  return to_lower(id);
}

}  // namespace hsm::api::rbac
