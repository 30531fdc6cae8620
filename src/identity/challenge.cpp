#include "identity/challenge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace hsm::identity {
namespace {

constexpr std::string_view kHttps = "https://";

// Go drops a pair whose value holds '='; a quote would end the value; the rest never stands in a URL of ours.
bool quotable(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != ','; });
}

// after_scheme returns host and path of an https URL, or "".
std::string_view after_scheme(std::string_view url) {
  return url.starts_with(kHttps) ? url.substr(kHttps.size()) : std::string_view{};
}

}  // namespace

Result<std::string> challenge(std::string_view authority, std::string_view resource) {
  const std::string_view place = after_scheme(authority);
  const std::size_t slash = place.find('/');
  const bool one_segment = slash != std::string_view::npos && slash > 0 && slash + 1 < place.size() &&
                           place.find('/', slash + 1) == std::string_view::npos;
  if (!one_segment || !quotable(authority)) {
    return fail(Errc::kBadParameter, "the authority must be https://{host}/{tenant}");
  }
  const std::string_view host = after_scheme(resource);
  if (host.empty() || host.find('/') != std::string_view::npos || !quotable(resource)) {
    return fail(Errc::kBadParameter, "the resource must be https://{host}[:port]");
  }
  return fmt::format(R"(Bearer authorization="{}", resource="{}")", authority, resource);
}

Result<std::string> parent_resource(std::string_view host) {
  const std::size_t dot = host.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == host.size() || !quotable(host)) {
    return fail(Errc::kBadParameter, "the host name has no parent domain");
  }
  return std::string(kHttps) + to_lower(host.substr(dot + 1));
}

}  // namespace hsm::identity
