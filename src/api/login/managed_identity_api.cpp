#include "api/login/managed_identity_api.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <utility>

#include "api/login/form.h"
#include "api/login/json_response.h"
#include "base/text.h"

namespace hsm::api::login {
namespace {

constexpr std::string_view kInstanceMetadataPath = "/metadata/identity/oauth2/token";

http::Response refusal(int status, std::string_view error, std::string_view description) {
  boost::json::object body;
  body["error"] = error;
  body["error_description"] = description;
  return json_response(status, body);
}

http::Response bad_request(std::string_view description) {
  return refusal(400, "invalid_request", description);
}

// is_address tells whether a Host header is an address or localhost, which no name service can point elsewhere.
bool is_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  const std::string_view name = host.substr(0, host.find(':'));
  return equal_ignoring_case(name, "localhost") ||
         (!name.empty() && std::ranges::all_of(name, [](char c) { return c == '.' || (c >= '0' && c <= '9'); }));
}

std::string_view first_of(const Form& query, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (const std::string_view value = query.get(name); !value.empty()) return value;
  }
  return {};
}

std::string seconds_text(TimePoint time) {
  return std::to_string(unix_seconds(time));
}

// Numbers are strings here (reference/identity.md §5.7). The App Service form is a part of the instance metadata form,
// and the clients read the same members of both.
boost::json::object body_of(const identity::IssuedToken& token) {
  const std::string lifetime = std::to_string(token.lifetime.count());
  boost::json::object body;
  body["access_token"] = token.access_token;
  body["client_id"] = token.client_id;
  body["expires_in"] = lifetime;
  body["expires_on"] = seconds_text(token.expires);
  body["ext_expires_in"] = lifetime;
  body["not_before"] = seconds_text(token.not_before);
  body["resource"] = token.resource;
  body["token_type"] = "Bearer";
  return body;
}

}  // namespace

http::Response ManagedIdentityApi::handle(const http::Request& request) {
  if (request.method != http::Method::kGet) return refusal(405, "invalid_request", "Only GET is supported");
  const std::string_view host = request.header("Host");
  const std::string_view host_name = host.substr(0, host.find(':'));
  const bool named = std::ranges::any_of(
      config_.hosts, [host_name](const std::string& known) { return equal_ignoring_case(known, host_name); });
  if (!named && !is_address(host)) return bad_request("The Host header is not one of this endpoint");
  // A proxy would carry requests of strangers here (the cloud's endpoint refuses them likewise).
  if (!request.header("X-Forwarded-For").empty()) return bad_request("Requests through a proxy are refused");
  std::string_view path = request.path;
  if (path.ends_with('/')) path.remove_suffix(1);  // MSAL for JavaScript sends one
  if (config_.instance_metadata && equal_ignoring_case(path, kInstanceMetadataPath)) return instance_metadata(request);
  if (config_.identity_header && equal_ignoring_case(path, config_.app_service_path)) return app_service(request);
  return refusal(404, "not_found", "There is no such endpoint");
}

http::Response ManagedIdentityApi::instance_metadata(const http::Request& request) {
  if (!equal_ignoring_case(request.header("Metadata"), "true")) {
    return bad_request("Required metadata header not specified");  // the words of the cloud's endpoint
  }
  return token(request);
}

http::Response ManagedIdentityApi::app_service(const http::Request& request) {
  if (!config_.identity_header->matches(bytes_of(request.header("X-IDENTITY-HEADER")))) {
    return refusal(401, "unauthorized", "X-IDENTITY-HEADER is missing or wrong");
  }
  return token(request);
}

http::Response ManagedIdentityApi::token(const http::Request& request) {
  const auto query = Form::parse(bytes_of(request.query));
  if (!query) return bad_request(query.error().text);
  const identity::ManagedIdentityRequest wanted{
      .resource = query->get("resource"),
      .client_id = first_of(*query, {"client_id", "clientid"}),
      .object_id = first_of(*query, {"object_id", "principal_id"}),
      .resource_id = first_of(*query, {"mi_res_id", "msi_res_id"}),
  };
  const auto issued = service_.issue(wanted, clock_.now());
  if (!issued) {
    const identity::RefusalRow& row = identity::row(issued.error().refusal);
    return refusal(row.http_status, row.oauth_error, issued.error().text);
  }
  return json_response(200, body_of(*issued));
}

}  // namespace hsm::api::login
