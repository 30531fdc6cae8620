#include "partition/authority/https_url.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace hsm::partition {
namespace {

constexpr std::string_view kScheme = "https://";

std::unexpected<Error> bad_url() {
  return fail(Errc::kBadParameter, "not an https URL");
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
}

bool is_address_character(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
}

// What may stand in a path and a query as it is (RFC 3986 §3.3, §3.4).
bool is_target_character(char c) {
  return is_alphanumeric(c) || std::string_view("-._~%!$&'()*+,;=:@/?").contains(c);
}

Result<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return bad_url();
  return port;
}

// read_endpoint takes host and port apart. An IPv6 address stands in brackets (RFC 3986 §3.2.2).
Result<Endpoint> read_endpoint(std::string_view authority) {
  const bool is_address = authority.starts_with('[');
  const std::size_t bracket = authority.find(']');
  if (is_address && bracket == std::string_view::npos) return bad_url();
  const std::string_view host =
      is_address ? authority.substr(1, bracket - 1) : authority.substr(0, authority.find(':'));
  const std::string_view rest = authority.substr(is_address ? bracket + 1 : host.size());
  if (host.empty() || host.size() > kHostBytesMax) return bad_url();
  if (!std::ranges::all_of(host, is_address ? is_address_character : is_name_character)) return bad_url();
  Endpoint endpoint{.host = to_lower(host)};
  if (rest.empty()) return endpoint;
  if (!rest.starts_with(':')) return bad_url();
  HSM_TRY(endpoint.port, read_port(rest.substr(1)));
  return endpoint;
}

}  // namespace

Result<HttpsUrl> parse_https_url(std::string_view url) {
  if (url.size() > kUrlBytesMax || url.size() < kScheme.size()) return bad_url();
  if (!equal_ignoring_case(url.substr(0, kScheme.size()), kScheme)) return bad_url();
  url.remove_prefix(kScheme.size());
  const std::string_view authority = url.substr(0, url.find_first_of("/?"));
  const std::string_view target = url.substr(authority.size());
  if (!std::ranges::all_of(target, is_target_character)) return bad_url();
  HttpsUrl out;
  HSM_TRY(out.endpoint, read_endpoint(authority));
  out.authority = authority;
  out.target = target.starts_with('/') ? std::string(target) : '/' + std::string(target);
  return out;
}

}  // namespace hsm::partition
