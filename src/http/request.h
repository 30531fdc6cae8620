#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace hsm::http {

enum class Method : std::uint8_t { kGet, kPost, kPut, kPatch, kDelete, kHead, kOptions, kOther };

// Request is one HTTP request as it was parsed. Its views look into the connection's buffer, which stays as it is until
// the exchange has been answered and is then wiped (a body may hold a key).
struct Request {
  Method method = Method::kOther;
  std::string_view target;  // as sent: path and query
  std::string_view path;    // as sent, before '?'; not decoded
  std::string_view query;   // after '?'; not decoded
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  ByteView body;
  std::string_view peer_address;  // numeric, without port
  bool peer_is_ipv6 = false;
  std::string_view tls_version;  // "TLSv1.3"
  std::chrono::steady_clock::time_point received;

  // header returns the first header of that name (compared without case), or "".
  std::string_view header(std::string_view name) const;
};

// Response is written as given. `head` is zero or more complete header lines, each ended by CRLF, without
// Content-Length and Connection, which the server adds. `body` is wiped after it was sent.
struct Response {
  int status = 500;
  std::string head;
  std::string body;
  bool close = false;  // end the connection after this answer
};

}  // namespace hsm::http
