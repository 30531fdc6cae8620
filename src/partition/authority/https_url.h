#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hsm::partition {

inline constexpr std::size_t kUrlBytesMax = 2048;
inline constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 §2.3.4, written with dots

// Endpoint is where a connection goes. An IPv6 address has no brackets.
struct Endpoint {
  std::string host;
  std::uint16_t port = 443;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct HttpsUrl {
  Endpoint endpoint;
  std::string authority;  // as the Host field of HTTP wants it (RFC 9110 §7.2)
  std::string target;     // path and query; "/" at least
};

// parse_https_url reads https://host[:port][/path][?query] and nothing else: no user, no fragment, no characters
// that would have to be escaped, so that nothing of it can end a line of the request it goes into. kBadParameter.
Result<HttpsUrl> parse_https_url(std::string_view url);

}  // namespace hsm::partition
