#include <algorithm>

#include "api/handlers.h"
#include "api/page.h"
#include "api/rbac/role_json.h"
#include "base/text.h"

namespace hsm::api::rbac {
namespace {

// The filters that the specification names (reference/admin-api.md §2.5). Definitions are the same at every scope, so
// the scope filters change nothing.
Result<std::optional<std::string>> role_name_filter(const http::Request& request) {
  const auto filter = query_member(request.query, "$filter");
  if (!filter || filter->empty()) return std::nullopt;
  if (equal_ignoring_case(*filter, "atScopeAndBelow") || equal_ignoring_case(*filter, "atScopeAndBelow()"))
    return std::nullopt;
  static constexpr std::string_view kRoleName = "roleName eq '";
  if (filter->starts_with(kRoleName) && filter->ends_with('\'') && filter->size() > kRoleName.size()) {
    return filter->substr(kRoleName.size(), filter->size() - kRoleName.size() - 1);
  }
  return fail(Errc::kBadParameter, "The filter is not supported.");  // unconfirmed
}

}  // namespace

Result<Reply> list_definitions(Call& call) {
  HSM_TRY(const auto wanted, role_name_filter(call.request()));
  Reply reply{.body = R"({"value":[)"};
  bool first = true;
  for (const core::RoleDefinition& role : core::built_in_roles()) {
    if (wanted && role.role_name != *wanted) continue;
    if (!first) reply.body.push_back(',');
    first = false;
    append_definition(reply.body, role);
  }
  reply.body += "]}";
  return reply;
}

Result<Reply> get_definition(Call& call) {
  const auto roles = core::built_in_roles();
  const auto found = std::ranges::find(roles, to_lower(call.target.name), &core::RoleDefinition::name);
  if (found == roles.end()) return fail(Errc::kRoleDefinitionNotFound);
  Reply reply;
  append_definition(reply.body, *found);
  return reply;
}

}  // namespace hsm::api::rbac
