#pragma once
#include <boost/json/object.hpp>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "http/request.h"
#include "identity/token_error.h"

namespace hsm::api::login {

// json_response answers with a document that must not be stored: it may hold a token (RFC 6749 §5.1).
http::Response json_response(int status, const boost::json::object& body);

// refusal_response is the error form of the Microsoft identity platform (reference/identity.md §5.9). The correlation
// id is the client's own, if it sent one.
http::Response refusal_response(const identity::TokenError& error, const http::Request& request, TimePoint now,
                                Random& random);

}  // namespace hsm::api::login
