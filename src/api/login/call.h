#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "http/request.h"
#include "identity/token_service.h"

namespace hsm::api::login {

// Call is one request on its way to a handler.
struct Call {
  const http::Request& request;
  std::string authority;    // "https://host[:port]" as the client reached us, lower case
  std::string_view tenant;  // the path's first segment where the route has {t}; as sent
  identity::TokenService& service;
  TimePoint now;
  Random& random;
};

// The handlers of login_api.cpp's route table.
http::Response openid_configuration(const Call& call);  // reference/identity.md §5.1
http::Response instance_discovery(const Call& call);    // §5, table
http::Response webfinger(const Call& call);             // §4.2
http::Response keys(const Call& call);                  // §5, table
http::Response token(const Call& call);                 // §5.2-5.4
// Users don't sign in here: device code and authorization code are refused in words that the clients print.
http::Response unsupported_flow(const Call& call);

}  // namespace hsm::api::login
