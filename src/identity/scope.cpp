#include "identity/scope.h"

#include <algorithm>
#include <array>

namespace hsm::identity {
namespace {

constexpr std::string_view kDefault = "/.default";
constexpr auto kOpenIdScopes = std::to_array<std::string_view>({"openid", "profile", "email", "offline_access"});

}  // namespace

std::optional<std::string_view> resource_of_scope(std::string_view scope) {
  std::optional<std::string_view> resource;
  while (!scope.empty()) {
    const std::string_view entry = scope.substr(0, scope.find(' '));
    scope.remove_prefix(std::min(entry.size() + 1, scope.size()));
    if (entry.empty() || std::ranges::find(kOpenIdScopes, entry) != kOpenIdScopes.end()) continue;
    if (resource || entry.size() <= kDefault.size() || !entry.ends_with(kDefault)) return std::nullopt;
    resource = entry.substr(0, entry.size() - kDefault.size());
  }
  return resource;
}

}  // namespace hsm::identity
