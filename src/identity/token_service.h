#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "identity/audience.h"
#include "identity/client.h"
#include "identity/issuer.h"
#include "identity/replay_cache.h"
#include "identity/signing_key.h"
#include "identity/token_error.h"

namespace hsm::identity {

struct TokenServiceConfig {
  std::string tenant;                       // GUID
  std::vector<std::string> tenant_domains;  // other names of the tenant in paths, e.g. "example.com"
  // Host names under which the service is reached, without port; what clients see echoes the one they used, port
  // included (MSAL-JS wants the discovery document's issuer on the authority's own host and port).
  std::vector<std::string> hosts;
  // "https://login.example.com[:port]". The `iss` of tokens is {issuer_base}/{tenant}/v2.0 whatever host was asked, so
  // that it is one value for whoever verifies them. Clients take access tokens as opaque and never see it.
  std::string issuer_base;
  std::vector<RegisteredClient> clients;
  std::vector<ManagedIdentity> managed_identities;  // the first is the machine's own (system-assigned)
  std::vector<std::string> resources;               // audiences that tokens may be made for
  std::string key_file;                             // signing_key.h
  std::chrono::seconds token_lifetime{3599};        // Entra ID's (reference/identity.md §5.2)
  std::chrono::seconds managed_identity_token_lifetime{86'399};
  // Refuse a client assertion that was used before. Off by default: MSAL for Python and JavaScript make one assertion
  // and send it with every token request until it expires, and Entra ID lets them.
  bool assertions_work_once = false;
};

// TokenRequest is a client_credentials request, whatever form it came in. Its views need to live for the call only.
struct TokenRequest {
  std::string_view grant_type;
  std::string_view client_id;
  ByteView client_secret;
  std::string_view client_assertion_type;
  std::string_view client_assertion;
  std::string_view scope;     // v2: <resource>/.default
  std::string_view resource;  // v1
};

struct ManagedIdentityRequest {
  std::string_view resource;
  std::string_view client_id;  // at most one of the three; none: the machine's own identity
  std::string_view object_id;
  std::string_view resource_id;
};

struct IssuedToken {
  std::string access_token;
  std::string client_id;
  std::string resource;
  TimePoint not_before;
  TimePoint expires;
  std::chrono::seconds lifetime{0};
};

// TokenService makes access tokens (reference/identity.md §3, §5). Thread-safe. A call may block for seconds: a
// federated credential's issuer may have to be asked for its keys.
class TokenService {
 public:
  // create loads the signing key, or makes and stores it at first start. kBadParameter: the configuration is wrong, and
  // the message says where. kUnavailable: the key file can't be read or written.
  static Result<std::unique_ptr<TokenService>> create(TokenServiceConfig config, Random& random);

  TokenResult<IssuedToken> issue(const TokenRequest& request, TimePoint now);
  TokenResult<IssuedToken> issue(const ManagedIdentityRequest& request, TimePoint now) const;

  // trusted_issuer is what a TokenVerifier needs to accept these tokens.
  TrustedIssuer trusted_issuer() const;
  const SigningKey& signing_key() const { return *key_; }
  const std::string& tenant() const { return config_.tenant; }
  // knows_tenant tells whether a path's tenant segment is this tenant: its GUID, one of its domains, or one of common,
  // organizations, adfs; without case.
  bool knows_tenant(std::string_view segment) const;
  // serves tells whether a Host header, with or without port, is one of the service's own.
  bool serves(std::string_view host) const;

 private:
  TokenService(TokenServiceConfig config, std::unique_ptr<SigningKey> key, Random& random);
  struct Subject;
  TokenResult<const RegisteredClient*> find_client(std::string_view client_id) const;
  TokenResult<std::string> resource_of(const TokenRequest& request) const;
  TokenResult<void> authenticate(const RegisteredClient& client, const TokenRequest& request, TimePoint now);
  TokenResult<std::string> allowed(std::string_view resource) const;
  bool names_us(std::string_view audience) const;  // as the audience of a client's assertion
  std::string issuer_id() const;
  IssuedToken mint(const Subject& subject, std::string resource, std::chrono::seconds lifetime, TimePoint now) const;

  TokenServiceConfig config_;
  AudienceSet resources_;
  std::unordered_map<std::string, const RegisteredClient*> clients_;  // by lower-case id
  std::unique_ptr<SigningKey> key_;
  Random& random_;
  ReplayCache replays_;
};

}  // namespace hsm::identity
