#include "api/router.h"

#include <array>
#include <optional>

#include "base/text.h"

namespace hsm::api {
namespace {

using core::OperationRow;

constexpr std::size_t kSegmentsMax = 8;

struct Segments {
  std::array<std::string_view, kSegmentsMax> at;
  std::size_t count = 0;
  bool too_many = false;
};

constexpr Segments split(std::string_view path) {
  Segments segments;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) {
      if (segments.count == kSegmentsMax) {
        segments.too_many = true;
        return segments;
      }
      segments.at[segments.count++] = path.substr(0, end);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return segments;
}

// The routes, split once.
const auto kRoutes = [] {
  std::array<Segments, core::kOperations.size()> routes;
  for (std::size_t i = 0; i < routes.size(); ++i) routes[i] = split(core::kOperations[i].route);
  return routes;
}();

// match lays a route over a path's segments, with or without {version}.
struct Match {
  std::string_view name;
  std::string_view version;
};
std::optional<Match> match(const Segments& route, const Segments& path, bool with_version) {
  Match found;
  std::size_t at = 0;
  for (std::size_t i = 0; i < route.count; ++i) {
    const std::string_view segment = route.at[i];
    if (segment == "{version}" && !with_version) continue;
    if (segment == "{scope}") continue;
    if (at == path.count) return std::nullopt;
    if (segment == "{name}") {
      found.name = path.at[at];
    } else if (segment == "{version}") {
      found.version = path.at[at];
    } else if (!equal_ignoring_case(segment, path.at[at])) {
      return std::nullopt;
    }
    ++at;
  }
  if (at != path.count) return std::nullopt;
  return found;
}

bool same(core::Verb verb, http::Method method) {
  switch (verb) {
    case core::Verb::kGet:
      return method == http::Method::kGet;
    case core::Verb::kPost:
      return method == http::Method::kPost;
    case core::Verb::kPut:
      return method == http::Method::kPut;
    case core::Verb::kPatch:
      return method == http::Method::kPatch;
    case core::Verb::kDelete:
      return method == http::Method::kDelete;
  }
  return false;
}

// provider_position finds /providers/Microsoft.Authorization/, which ends a scope.
constexpr std::string_view kProvider = "/providers/microsoft.authorization/";
std::size_t provider_position(std::string_view path) {
  for (std::size_t at = path.find("/p"); at != std::string_view::npos; at = path.find("/p", at + 1)) {
    if (equal_ignoring_case(path.substr(at, kProvider.size()), kProvider)) return at;
  }
  for (std::size_t at = path.find("/P"); at != std::string_view::npos; at = path.find("/P", at + 1)) {
    if (equal_ignoring_case(path.substr(at, kProvider.size()), kProvider)) return at;
  }
  return std::string_view::npos;
}

Result<Target> target_of(const OperationRow& row, const Match& found, const core::Scope& url_scope) {
  Target target;
  target.name = found.name;
  switch (row.scope) {
    case core::ScopeRule::kUrl:
      target.scope = url_scope;
      return target;
    case core::ScopeRule::kRoot:
      return target;
    case core::ScopeRule::kKeys:
      target.scope = core::Scope::keys();
      break;
    case core::ScopeRule::kKey:
      break;
  }
  if (found.name.empty()) return target;
  HSM_TRY(target.key, core::KeyName::parse(found.name));
  if (row.scope == core::ScopeRule::kKey) target.scope = core::Scope::key(*target.key);
  if (!found.version.empty()) {
    // What can't be a version names no key either; the service's answer is unconfirmed.
    auto version = core::KeyVersion::parse(found.version);
    if (!version) return fail(Errc::kKeyNotFound);
    target.version = std::move(*version);
  }
  return target;
}

}  // namespace

Result<Route> route(http::Method method, std::string_view path) {
  core::Scope url_scope = core::Scope::root();
  const std::size_t provider = provider_position(path);
  const bool scoped = provider != std::string_view::npos;
  if (scoped) {
    HSM_TRY(url_scope, core::Scope::parse(path.substr(0, provider)));
    path.remove_prefix(provider + kProvider.size());
  }
  const Segments segments = split(path);
  bool other_method = false;
  if (!segments.too_many) {
    for (std::size_t i = 0; i < kRoutes.size(); ++i) {
      const OperationRow& row = core::kOperations[i];
      if ((row.scope == core::ScopeRule::kUrl) != scoped) continue;
      auto found = match(kRoutes[i], segments, true);
      if (!found) found = match(kRoutes[i], segments, false);
      if (!found) continue;
      if (!same(row.verb, method)) {
        other_method = true;
        continue;
      }
      HSM_TRY(Target target, target_of(row, *found, url_scope));
      return Route{&row, std::move(target)};
    }
  }
  if (other_method) return fail(Errc::kMethodNotAllowed);
  return fail(Errc::kNotFound);
}

}  // namespace hsm::api
