#include "identity/token_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include "base/base64url.h"
#include "base/guid.h"
#include "base/text.h"
#include "identity/client_assertion.h"
#include "identity/scope.h"
#include "identity/token_checks.h"

namespace hsm::identity {
namespace {

// Names that stand for the one tenant there is (reference/identity.md §4.2).
constexpr auto kTenantAliases = std::to_array<std::string_view>({"common", "organizations", "adfs"});

// What follows the tenant in the `aud` of client assertions (§5.3): clients name the token endpoint as they know it, or
// the authority.
constexpr auto kAssertionAudienceEnds =
    std::to_array<std::string_view>({"", "/", "/v2.0", "/oauth2/token", "/oauth2/v2.0/token"});

constexpr std::string_view kHttps = "https://";
constexpr std::size_t kTokenIdBytes = 16;

// without_port cuts ":" and one to five digits; a host with anything else behind its colon stays as it is.
std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return host;
  const std::string_view port = host.substr(colon + 1);
  const bool is_port = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
  return is_port ? host.substr(0, colon) : host;
}

bool is_among(std::string_view text, const auto& names) {
  return std::ranges::any_of(names, [text](std::string_view name) { return equal_ignoring_case(text, name); });
}

std::unexpected<Error> wrong(std::string what) {
  return fail(Errc::kBadParameter, "token service: " + std::move(what));
}

Status check(const RegisteredClient& client) {
  if (client.client_id.empty()) return wrong("a client has no id");
  if (!GuidRule::valid(client.object_id)) return wrong("the object id of client " + client.client_id + " is no GUID");
  for (const FederatedCredential& credential : client.federated) {
    if (!credential.keys || credential.issuer.empty() || credential.subject.empty()) {
      return wrong("a federated credential of client " + client.client_id + " is not complete");
    }
  }
  return {};
}

Status check(const TokenServiceConfig& config) {
  if (!GuidRule::valid(config.tenant)) return wrong("the tenant is no GUID");
  if (config.hosts.empty()) return wrong("there is no host name");
  if (config.resources.empty()) return wrong("there is no resource to make tokens for");
  if (!config.issuer_base.starts_with(kHttps) || config.issuer_base.ends_with('/')) {
    return wrong("the issuer must be https://{host}[:port]");
  }
  for (const RegisteredClient& client : config.clients) HSM_CHECK(check(client));
  for (const ManagedIdentity& identity : config.managed_identities) {
    if (!GuidRule::valid(identity.object_id)) return wrong("the object id of a managed identity is no GUID");
  }
  return {};
}

}  // namespace

// Subject is whom a token speaks for.
struct TokenService::Subject {
  std::string_view client_id;
  std::string_view object_id;
  std::span<const std::string> groups;
  std::string_view resource_id;  // managed identities
  std::string_view proof;        // appidacr: "1" a secret, "2" a certificate or assertion
};

Result<std::unique_ptr<TokenService>> TokenService::create(TokenServiceConfig config, Random& random) {
  HSM_CHECK(check(config));
  config.tenant = to_lower(config.tenant);
  HSM_TRY(auto key, SigningKey::load(config.key_file));
  std::unique_ptr<TokenService> service(new TokenService(std::move(config), std::move(key), random));
  if (service->clients_.size() != service->config_.clients.size()) return wrong("two clients have one id");
  return service;
}

TokenService::TokenService(TokenServiceConfig config, std::unique_ptr<SigningKey> key, Random& random)
    : config_(std::move(config)), resources_(config_.resources), key_(std::move(key)), random_(random) {
  for (const RegisteredClient& client : config_.clients) clients_.emplace(to_lower(client.client_id), &client);
}

TokenResult<IssuedToken> TokenService::issue(const TokenRequest& request, TimePoint now) {
  if (request.grant_type.empty()) {
    return refuse(Refusal::kMissingParameter, "The request body must contain the following parameter: 'grant_type'.");
  }
  if (request.grant_type != "client_credentials") {
    return refuse(Refusal::kUnsupportedGrant,
                  fmt::format("The grant type '{}' is not supported. Use a service principal (secret, certificate or "
                              "federated token) or a managed identity.",
                              quoted(request.grant_type)));
  }
  const auto client = find_client(request.client_id);
  if (!client) return std::unexpected(client.error());
  auto resource = resource_of(request);
  if (!resource) return std::unexpected(std::move(resource).error());
  const auto proven = authenticate(**client, request, now);
  if (!proven) return std::unexpected(proven.error());
  const Subject subject{.client_id = (*client)->client_id,
                        .object_id = (*client)->object_id,
                        .groups = (*client)->groups,
                        .resource_id = {},
                        .proof = request.client_assertion.empty() ? "1" : "2"};
  return mint(subject, std::move(*resource), config_.token_lifetime, now);
}

TokenResult<IssuedToken> TokenService::issue(const ManagedIdentityRequest& request, TimePoint now) const {
  if (request.resource.empty()) return refuse(Refusal::kMissingParameter, "The parameter 'resource' is missing.");
  auto resource = allowed(request.resource);
  if (!resource) return std::unexpected(std::move(resource).error());
  const auto found = std::ranges::find_if(config_.managed_identities, [&request](const ManagedIdentity& identity) {
    return (request.client_id.empty() || equal_ignoring_case(identity.client_id, request.client_id)) &&
           (request.object_id.empty() || equal_ignoring_case(identity.object_id, request.object_id)) &&
           (request.resource_id.empty() || equal_ignoring_case(identity.resource_id, request.resource_id));
  });
  if (found == config_.managed_identities.end()) return refuse(Refusal::kUnknownIdentity, "Identity not found");
  const Subject subject{.client_id = found->client_id,
                        .object_id = found->object_id,
                        .groups = found->groups,
                        .resource_id = found->resource_id,
                        .proof = "2"};
  return mint(subject, std::move(*resource), config_.managed_identity_token_lifetime, now);
}

TrustedIssuer TokenService::trusted_issuer() const {
  TrustedIssuer issuer;
  issuer.issuers = {issuer_id()};
  issuer.keys = fixed_keys(key_->public_keys());
  return issuer;
}

bool TokenService::knows_tenant(std::string_view segment) const {
  return equal_ignoring_case(segment, config_.tenant) || is_among(segment, kTenantAliases) ||
         is_among(segment, config_.tenant_domains);
}

bool TokenService::serves(std::string_view host) const {
  return is_among(without_port(host), config_.hosts);
}

TokenResult<const RegisteredClient*> TokenService::find_client(std::string_view client_id) const {
  if (client_id.empty()) {
    return refuse(Refusal::kMissingParameter, "The request body must contain the following parameter: 'client_id'.");
  }
  const auto found = clients_.find(to_lower(client_id));
  if (found != clients_.end()) return found->second;
  return refuse(Refusal::kUnknownClient,
                fmt::format("Application with identifier '{}' was not found in the directory '{}'.", quoted(client_id),
                            config_.tenant));
}

TokenResult<std::string> TokenService::resource_of(const TokenRequest& request) const {
  if (request.scope.empty() && request.resource.empty()) {
    return refuse(Refusal::kMissingParameter, "The request body must contain the following parameter: 'scope'.");
  }
  if (request.scope.empty()) return allowed(request.resource);
  const auto resource = resource_of_scope(request.scope);
  if (!resource) {
    return refuse(Refusal::kMalformedScope,
                  fmt::format("The provided value for the input parameter 'scope' is not valid. The scope '{}' must be "
                              "one resource followed by /.default.",
                              quoted(request.scope)));
  }
  return allowed(*resource);
}

TokenResult<std::string> TokenService::allowed(std::string_view resource) const {
  if (resources_.contains(resource)) return std::string(resource);
  return refuse(Refusal::kUnknownResource,
                fmt::format("The resource principal named {} was not found in the tenant named {}.", quoted(resource),
                            config_.tenant));
}

TokenResult<void> TokenService::authenticate(const RegisteredClient& client, const TokenRequest& request,
                                             TimePoint now) {
  if (!request.client_assertion.empty()) {
    if (request.client_assertion_type != kJwtBearer) {
      return refuse(Refusal::kBadAssertion, "The client_assertion_type must be " + std::string(kJwtBearer) + ".");
    }
    const AssertionRules rules{.names_us = [this](std::string_view audience) { return names_us(audience); },
                               .replays = config_.assertions_work_once ? &replays_ : nullptr};
    return check_assertion(client, request.client_assertion, rules, now);
  }
  if (request.client_secret.empty()) {
    return refuse(Refusal::kMissingCredential,
                  "'client_assertion' or 'client_secret' is required for the 'client_credentials' grant type.");
  }
  return check_secret(client, request.client_secret, now);
}

// Ends of names_us: §5.3 lists what clients write. The host may be any of ours, since several lead here.
bool TokenService::names_us(std::string_view audience) const {
  if (!equal_ignoring_case(audience.substr(0, kHttps.size()), kHttps)) return false;
  const std::string_view place = audience.substr(kHttps.size());
  const std::size_t slash = std::min(place.find('/'), place.size());
  if (slash == place.size() || !serves(place.substr(0, slash))) return false;
  const std::string_view path = place.substr(slash + 1);
  const std::size_t tenant_end = std::min(path.find('/'), path.size());
  return knows_tenant(path.substr(0, tenant_end)) && is_among(path.substr(tenant_end), kAssertionAudienceEnds);
}

std::string TokenService::issuer_id() const {
  return config_.issuer_base + "/" + config_.tenant + "/v2.0";
}

// The claims are those of a v1 token of Entra ID (reference/identity.md §3, last paragraph).
IssuedToken TokenService::mint(const Subject& subject, std::string resource, std::chrono::seconds lifetime,
                               TimePoint now) const {
  const TimePoint start = from_unix_seconds(unix_seconds(now));
  const TimePoint end = start + lifetime;
  std::array<std::uint8_t, kTokenIdBytes> token_id{};
  random_.fill(token_id);
  boost::json::object claims;
  claims["aud"] = resource;
  claims["iss"] = issuer_id();
  claims["iat"] = unix_seconds(start);
  claims["nbf"] = unix_seconds(start);
  claims["exp"] = unix_seconds(end);
  claims["tid"] = config_.tenant;
  claims["oid"] = subject.object_id;
  claims["sub"] = subject.object_id;
  claims["appid"] = subject.client_id;
  claims["azp"] = subject.client_id;
  claims["appidacr"] = subject.proof;
  claims["idtyp"] = "app";
  if (!subject.groups.empty()) claims["groups"] = boost::json::array(subject.groups.begin(), subject.groups.end());
  if (!subject.resource_id.empty()) claims["xms_mirid"] = subject.resource_id;
  claims["ver"] = "1.0";
  claims["uti"] = to_base64url(token_id);
  return {.access_token = key_->sign(claims),
          .client_id = std::string(subject.client_id),
          .resource = std::move(resource),
          .not_before = start,
          .expires = end,
          .lifetime = lifetime};
}

}  // namespace hsm::identity
