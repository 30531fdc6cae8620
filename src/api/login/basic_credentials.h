#pragma once
#include <optional>
#include <string_view>

#include "api/login/form.h"

namespace hsm::api::login {

// BasicCredentials are a client's id and secret in an Authorization header (RFC 6749 §2.3.1).
struct BasicCredentials {
  Form fields;  // owns the texts, in wiped memory
  std::string_view client_id() const { return fields.get("client_id"); }
  std::string_view client_secret() const { return fields.get("client_secret"); }
};

// basic_credentials reads a header's value. Nothing: it has another scheme. kMalformedRequest: it is Basic but broken.
identity::TokenResult<std::optional<BasicCredentials>> basic_credentials(std::string_view authorization);

}  // namespace hsm::api::login
