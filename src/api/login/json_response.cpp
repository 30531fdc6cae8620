#include "api/login/json_response.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string>

#include "base/guid.h"

namespace hsm::api::login {
namespace {

constexpr std::string_view kHead =
    "Content-Type: application/json; charset=utf-8\r\n"
    "Cache-Control: no-store, no-cache\r\n"
    "Pragma: no-cache\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

// 2026-01-01 00:00:00Z
std::string timestamp(TimePoint now) {
  std::string text = iso8601(now).substr(0, 19) + "Z";
  text[10] = ' ';
  return text;
}

std::string correlation_id(const http::Request& request, Random& random) {
  const auto sent = Guid::parse(request.header("client-request-id"));
  return sent ? sent->text() : new_guid(random).text();
}

}  // namespace

http::Response json_response(int status, const boost::json::object& body) {
  return {.status = status, .head = std::string(kHead), .body = boost::json::serialize(body), .close = false};
}

http::Response refusal_response(const identity::TokenError& error, const http::Request& request, TimePoint now,
                                Random& random) {
  const identity::RefusalRow& row = identity::row(error.refusal);
  const std::string trace = new_guid(random).text();
  const std::string correlation = correlation_id(request, random);
  const std::string time = timestamp(now);
  boost::json::object body;
  body["error"] = row.oauth_error;
  body["error_description"] = fmt::format("AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}", row.aadsts,
                                          error.text, trace, correlation, time);
  body["error_codes"] = boost::json::array{row.aadsts};
  body["timestamp"] = time;
  body["trace_id"] = trace;
  body["correlation_id"] = correlation;
  return json_response(row.http_status, body);
}

}  // namespace hsm::api::login
