#include "api/login/login_api.h"

#include <array>
#include <optional>
#include <utility>

#include "api/login/call.h"
#include "api/login/json_response.h"
#include "base/text.h"

namespace hsm::api::login {
namespace {

using http::Method;

struct Route {
  Method method;
  std::string_view path;  // {t} is the tenant segment, compared without case like all of the path
  http::Response (*handler)(const Call&);
};

// reference/identity.md §5. The adfs paths are the same ones with adfs as the tenant. /common/userrealm (passwords)
// has no row: 404 is what clients expect where it is unsupported.
constexpr auto kRoutes = std::to_array<Route>({
    {Method::kGet, "/common/discovery/instance", instance_discovery},
    {Method::kGet, "/.well-known/webfinger", webfinger},
    {Method::kGet, "/{t}/v2.0/.well-known/openid-configuration", openid_configuration},
    {Method::kGet, "/{t}/.well-known/openid-configuration", openid_configuration},
    {Method::kGet, "/{t}/discovery/v2.0/keys", keys},
    {Method::kGet, "/{t}/discovery/keys", keys},
    {Method::kPost, "/{t}/oauth2/v2.0/token", token},
    {Method::kPost, "/{t}/oauth2/token", token},
    {Method::kPost, "/{t}/oauth2/v2.0/devicecode", unsupported_flow},
    {Method::kPost, "/{t}/oauth2/devicecode", unsupported_flow},
    {Method::kGet, "/{t}/oauth2/v2.0/authorize", unsupported_flow},
    {Method::kGet, "/{t}/oauth2/authorize", unsupported_flow},
});

constexpr std::string_view kTenantMark = "/{t}";

// tenant_in returns the tenant segment if the path is the route's, "" for a route without one.
std::optional<std::string_view> tenant_in(std::string_view path, const Route& route) {
  if (!route.path.starts_with(kTenantMark)) {
    return equal_ignoring_case(path, route.path) ? std::optional<std::string_view>("") : std::nullopt;
  }
  const std::size_t end = path.find('/', 1);
  if (end == std::string_view::npos || end == 1) return std::nullopt;
  if (!equal_ignoring_case(path.substr(end), route.path.substr(kTenantMark.size()))) return std::nullopt;
  return path.substr(1, end - 1);
}

http::Response empty_response(int status) {
  return {.status = status, .head = {}, .body = {}, .close = false};
}

http::Response unknown_tenant(const Call& call) {
  const identity::TokenError error{identity::Refusal::kUnknownTenant,
                                   "Tenant '" + std::string(call.tenant) + "' not found."};
  return refusal_response(error, call.request, call.now, call.random);
}

}  // namespace

http::Response LoginApi::handle(const http::Request& request, std::string_view host) {
  if (!service_.serves(host)) return empty_response(404);
  bool known_path = false;
  for (const Route& route : kRoutes) {
    const auto tenant = tenant_in(request.path, route);
    if (!tenant) continue;
    known_path = true;
    if (route.method != request.method) continue;
    const Call call{request, "https://" + to_lower(host), *tenant, service_, clock_.now(), random_};
    if (!tenant->empty() && !service_.knows_tenant(*tenant)) return unknown_tenant(call);
    return route.handler(call);
  }
  return empty_response(known_path ? 405 : 404);
}

}  // namespace hsm::api::login
