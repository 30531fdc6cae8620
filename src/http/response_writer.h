#pragma once
#include <string>

#include "http/request.h"

namespace hsm::http {

// append_response writes `response` as HTTP/1.1 to the end of `out`. Content-Length is added, and Connection where the
// connection ends. A HEAD request and the statuses 204 and 304 get no body (RFC 9110 §9.3.2, §15.3.5, §15.4.5).
void append_response(std::string& out, const Response& response, Method method, bool close);

// The interim answer to Expect: 100-continue (RFC 9110 §10.1.1).
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace hsm::http
