#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "api/login/call.h"
#include "api/login/json_response.h"
#include "base/text.h"

namespace hsm::api::login {

// MSAL for JavaScript and Go want `issuer` on the authority's scheme, host and port, so it echoes the host that was
// asked; the others don't look at it. The document is the same for v1 and v2 paths.
http::Response openid_configuration(const Call& call) {
  const std::string tenant = to_lower(call.tenant);
  const std::string base = call.authority + "/" + tenant;
  boost::json::object body;
  body["issuer"] = tenant == "adfs" ? call.authority + "/adfs" : call.authority + "/" + call.service.tenant() + "/v2.0";
  body["authorization_endpoint"] = base + "/oauth2/v2.0/authorize";
  body["token_endpoint"] = base + "/oauth2/v2.0/token";
  body["device_authorization_endpoint"] = base + "/oauth2/v2.0/devicecode";
  body["end_session_endpoint"] = base + "/oauth2/v2.0/logout";
  body["jwks_uri"] = base + "/discovery/v2.0/keys";
  body["token_endpoint_auth_methods_supported"] =
      boost::json::array{"client_secret_post", "private_key_jwt", "client_secret_basic"};
  body["grant_types_supported"] = boost::json::array{"client_credentials"};
  body["response_types_supported"] = boost::json::array{"code", "id_token", "token"};
  body["response_modes_supported"] = boost::json::array{"query", "fragment", "form_post"};
  body["subject_types_supported"] = boost::json::array{"pairwise"};
  body["id_token_signing_alg_values_supported"] = boost::json::array{"RS256"};
  body["scopes_supported"] = boost::json::array{"openid", "profile", "email", "offline_access"};
  body["claims_supported"] =
      boost::json::array{"aud", "iss", "iat", "nbf", "exp", "tid", "oid", "sub", "appid", "groups", "ver"};
  return json_response(200, body);
}

http::Response instance_discovery(const Call& call) {
  const std::string host = call.authority.substr(call.authority.find("//") + 2);
  boost::json::object metadata;
  metadata["preferred_network"] = host;
  metadata["preferred_cache"] = host;
  metadata["aliases"] = boost::json::array{host};
  boost::json::object body;
  body["tenant_discovery_endpoint"] =
      call.authority + "/" + call.service.tenant() + "/v2.0/.well-known/openid-configuration";
  body["api-version"] = "1.1";
  body["metadata"] = boost::json::array{std::move(metadata)};
  return json_response(200, body);
}

http::Response webfinger(const Call& call) {
  boost::json::object link;
  link["rel"] = "http://schemas.microsoft.com/rel/trusted-realm";
  link["href"] = call.authority;
  boost::json::object body;
  body["subject"] = call.authority;
  body["links"] = boost::json::array{std::move(link)};
  return json_response(200, body);
}

http::Response keys(const Call& call) {
  http::Response response = json_response(200, {});
  response.body = call.service.signing_key().jwks();
  return response;
}

}  // namespace hsm::api::login
