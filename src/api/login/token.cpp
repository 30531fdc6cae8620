#include <utility>

#include "api/login/basic_credentials.h"
#include "api/login/call.h"
#include "api/login/form.h"
#include "api/login/json_response.h"
#include "base/text.h"

namespace hsm::api::login {
namespace {

using identity::Refusal;
using identity::refuse;

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool is_form(const http::Request& request) {
  const std::string_view type = request.header("Content-Type");
  return equal_ignoring_case(type.substr(0, type.find(';')), kFormType);
}

identity::TokenResult<identity::IssuedToken> issue(const Call& call) {
  if (!is_form(call.request)) {
    return refuse(Refusal::kMalformedRequest, "The request body must be application/x-www-form-urlencoded.");
  }
  auto form = Form::parse(call.request.body);
  if (!form) return std::unexpected(std::move(form).error());
  auto basic = basic_credentials(call.request.header("Authorization"));
  if (!basic) return std::unexpected(std::move(basic).error());
  identity::TokenRequest request{
      .grant_type = form->get("grant_type"),
      .client_id = form->get("client_id"),
      .client_secret = bytes_of(form->get("client_secret")),
      .client_assertion_type = form->get("client_assertion_type"),
      .client_assertion = form->get("client_assertion"),
      .scope = form->get("scope"),
      .resource = form->get("resource"),
  };
  if (basic->has_value()) {  // RFC 6749 §2.3: one method of authentication a request
    if (!request.client_secret.empty() || !request.client_assertion.empty()) {
      return refuse(Refusal::kMalformedRequest, "The client authenticates itself in more than one way.");
    }
    request.client_id = (*basic)->client_id();
    request.client_secret = bytes_of((*basic)->client_secret());
  }
  return call.service.issue(request, call.now);
}

}  // namespace

http::Response token(const Call& call) {
  const auto issued = issue(call);
  if (!issued) return refusal_response(issued.error(), call.request, call.now, call.random);
  boost::json::object body;
  body["token_type"] = "Bearer";
  body["expires_in"] = issued->lifetime.count();
  body["ext_expires_in"] = issued->lifetime.count();
  body["access_token"] = issued->access_token;
  return json_response(200, body);
}

http::Response unsupported_flow(const Call& call) {
  const identity::TokenError error{Refusal::kUnsupportedGrant,
                                   "This token service has no interactive sign-in. Use a service principal "
                                   "(secret, certificate or federated token) or a managed identity."};
  return refusal_response(error, call.request, call.now, call.random);
}

}  // namespace hsm::api::login
