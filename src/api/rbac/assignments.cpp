#include "api/handlers.h"
#include "api/json_body.h"
#include "api/page.h"
#include "api/rbac/role_json.h"
#include "base/text.h"

namespace hsm::api::rbac {
namespace {

// principal_filter reads `principalId eq {oid}`, the oid bare or quoted; atScope() is what the listing does anyway
// (reference/admin-api.md §2.5).
Result<std::optional<std::string>> principal_filter(const http::Request& request) {
  const auto filter = query_member(request.query, "$filter");
  if (!filter || filter->empty() || equal_ignoring_case(*filter, "atScope()")) return std::nullopt;
  static constexpr std::string_view kPrincipal = "principalId eq ";
  if (filter->starts_with(kPrincipal)) {
    std::string_view oid = std::string_view(*filter).substr(kPrincipal.size());
    if (oid.size() >= 2 && oid.starts_with('\'') && oid.ends_with('\'')) oid = oid.substr(1, oid.size() - 2);
    return to_lower(oid);
  }
  return fail(Errc::kBadParameter, "The filter is not supported.");  // unconfirmed
}

constexpr std::size_t kPrincipalMax = 256;

Reply assignment_reply(const core::RoleAssignment& assignment, int status) {
  Reply reply{.body = {}, .status = status};
  append_assignment(reply.body, assignment);
  return reply;
}

}  // namespace

Result<Reply> list_assignments(Call& call) {
  HSM_TRY(const auto wanted, principal_filter(call.request()));
  Reply reply{.body = R"({"value":[)"};
  bool first = true;
  for (const core::RoleAssignment& assignment : call.hsm->roles.list(call.target.scope)) {
    if (wanted && assignment.principal_id != *wanted) continue;
    if (!first) reply.body.push_back(',');
    first = false;
    append_assignment(reply.body, assignment);
  }
  reply.body += "]}";
  return reply;
}

Result<Reply> get_assignment(Call& call) {
  HSM_TRY(const core::RoleAssignment assignment, call.hsm->roles.get(call.target.name));
  return assignment_reply(assignment, 200);
}

Result<Reply> create_assignment(Call& call) {
  // unconfirmed: a name that is no GUID (reference/admin-api.md §2.4)
  if (!GuidRule::valid(call.target.name)) return fail(Errc::kBadParameter, "Role assignment name must be a GUID");
  JsonBody body;
  HSM_TRY(const JsonObject* object, body.parse(call.request().body));
  HSM_TRY(const JsonObject* properties, object_member(*object, "properties"));
  if (properties == nullptr) return fail(Errc::kBadParameter, "'properties' is missing.");
  HSM_TRY(const std::string_view role_id, required_text_member(*properties, "roleDefinitionId"));
  HSM_TRY(const std::string_view principal, required_text_member(*properties, "principalId"));
  if (principal.empty() || principal.size() > kPrincipalMax)
    return fail(Errc::kBadParameter, "'principalId' is not an object id.");
  HSM_TRY(std::string role, role_name_of(role_id));
  HSM_TRY(const core::RoleAssignment assignment, call.hsm->roles.create({.name = to_lower(call.target.name),
                                                                         .role = std::move(role),
                                                                         .principal_id = to_lower(principal),
                                                                         .scope = call.target.scope},
                                                                        call.operation));
  return assignment_reply(assignment, 201);
}

// The name alone says which assignment goes; the scope in the path does not count, but the caller needs the permission
// at the assignment's own scope, too (reference/admin-api.md §2.4; what the service checks is unconfirmed).
Result<Reply> delete_assignment(Call& call) {
  HSM_TRY(const core::RoleAssignment assignment, call.hsm->roles.get(call.target.name));
  const core::Decision decision = call.hsm->roles.decide(*call.caller, call.row->data_action, assignment.scope);
  if (!decision.allowed) return fail(Errc::kAccessDenied, decision.refusal());
  HSM_TRY(const core::RoleAssignment removed, call.hsm->roles.remove(assignment.name, call.operation));
  return assignment_reply(removed, 200);
}

}  // namespace hsm::api::rbac
