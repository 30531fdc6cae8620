#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/request.h"
#include "identity/secret_hash.h"
#include "identity/token_service.h"

namespace hsm::api::login {

struct ManagedIdentityConfig {
  bool instance_metadata = true;  // the IMDS endpoint: anyone who reaches the listener gets a token
  // The App Service endpoint, $IDENTITY_ENDPOINT = http://{listener}{path} with $IDENTITY_HEADER as its secret. Off
  // without a secret.
  std::optional<identity::SecretHash> identity_header;
  std::string app_service_path = "/msi/token";
  // Further names that Host may have, beside addresses and localhost. Others are refused, so that a web page can't
  // reach the endpoint by pointing a name of its own at this machine.
  std::vector<std::string> hosts;
};

// ManagedIdentityApi answers on the plain-HTTP listener that only local processes reach (reference/identity.md §5.7).
// Never blocks for long; thread-safe.
class ManagedIdentityApi {
 public:
  ManagedIdentityApi(identity::TokenService& service, const Clock& clock, ManagedIdentityConfig config)
      : service_(service), clock_(clock), config_(std::move(config)) {}
  http::Response handle(const http::Request& request);

 private:
  http::Response instance_metadata(const http::Request& request);
  http::Response app_service(const http::Request& request);
  http::Response token(const http::Request& request);

  identity::TokenService& service_;
  const Clock& clock_;
  ManagedIdentityConfig config_;
};

}  // namespace hsm::api::login
