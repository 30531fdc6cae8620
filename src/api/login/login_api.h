#pragma once
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "http/request.h"
#include "identity/token_service.h"

namespace hsm::api::login {

// LoginApi answers on the token service's hosts (reference/identity.md §5): discovery documents, keys, tokens. handle
// may block for seconds (federated credentials), so it belongs on the slow pool. Thread-safe.
class LoginApi {
 public:
  // All three must outlive the object.
  LoginApi(identity::TokenService& service, const Clock& clock, Random& random)
      : service_(service), clock_(clock), random_(random) {}
  // handle answers one request. `host` is the Host header, port included; documents echo it once it is known to be one
  // of the service's own.
  http::Response handle(const http::Request& request, std::string_view host);

 private:
  identity::TokenService& service_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace hsm::api::login
