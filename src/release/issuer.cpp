#include "release/issuer.h"

#include "base/text.h"

namespace hsm::release {
namespace {

struct IssuerUrl {
  std::string_view origin;  // scheme and host: without regard to case
  std::string_view path;
};

IssuerUrl split(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  constexpr std::string_view kAuthority = "://";
  const std::size_t host = url.find(kAuthority);
  const std::size_t path = url.find('/', host == std::string_view::npos ? 0 : host + kAuthority.size());
  if (path == std::string_view::npos) return {url, {}};
  return {url.substr(0, path), url.substr(path)};
}

}  // namespace

bool same_issuer(std::string_view a, std::string_view b) {
  const IssuerUrl left = split(a), right = split(b);
  return !left.origin.empty() && equal_ignoring_case(left.origin, right.origin) && left.path == right.path;
}

}  // namespace hsm::release
