#include "api/router.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

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

// Shape is one form of a route: with {version} or without, and without {scope}, which is cut off before.
struct Shape {
  enum class Kind : std::uint8_t { kLiteral, kName, kVersion };
  const OperationRow* row = nullptr;
  std::size_t count = 0;
  std::array<Kind, kSegmentsMax> kinds{};
  std::array<std::string_view, kSegmentsMax> literals;

  void add(Kind kind, std::string_view segment) {
    kinds[count] = kind;
    literals[count++] = segment;
  }
};

// The shapes by their number of segments, in the order of the table; so a request is held against a few of them only.
const auto kShapes = [] {
  std::array<std::vector<Shape>, kSegmentsMax + 1> shapes;
  for (const OperationRow& row : core::kOperations) {
    const Segments segments = split(row.route);
    Shape with{.row = &row}, without{.row = &row};
    for (const std::string_view segment : std::span(segments.at).first(segments.count)) {
      using enum Shape::Kind;
      if (segment == "{scope}") continue;
      const Shape::Kind kind = segment == "{name}" ? kName : segment == "{version}" ? kVersion : kLiteral;
      with.add(kind, segment);
      if (kind != kVersion) without.add(kind, segment);
    }
    shapes[with.count].push_back(with);
    if (without.count != with.count) shapes[without.count].push_back(without);
  }
  return shapes;
}();

// match lays a shape over as many segments of a path, from the back: most differ in the last one.
struct Match {
  std::string_view name;
  std::string_view version;
};
std::optional<Match> match(const Shape& shape, const Segments& path) {
  Match found;
  for (std::size_t i = shape.count; i-- > 0;) {
    switch (shape.kinds[i]) {
      case Shape::Kind::kLiteral:
        if (!equal_ignoring_case(shape.literals[i], path.at[i])) return std::nullopt;
        break;
      case Shape::Kind::kName:
        found.name = path.at[i];
        break;
      case Shape::Kind::kVersion:
        found.version = path.at[i];
        break;
    }
  }
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
  for (std::size_t at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
    if (equal_ignoring_case(path.substr(at, kProvider.size()), kProvider)) return at;
  }
  return std::string_view::npos;
}

Result<Target> target_of(const OperationRow& row, const Match& found, const core::Scope& url_scope) {
  Target target;
  switch (row.scope) {
    case core::ScopeRule::kUrl:
      target.name = found.name;
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
  if (segments.too_many) return fail(Errc::kNotFound);
  // Most shapes are of another method, which is seen at once; whether one of them fits matters only if no other does.
  for (const Shape& shape : kShapes[segments.count]) {
    if (!same(shape.row->verb, method) || (shape.row->scope == core::ScopeRule::kUrl) != scoped) continue;
    if (const auto found = match(shape, segments)) {
      HSM_TRY(Target target, target_of(*shape.row, *found, url_scope));
      return Route{shape.row, std::move(target)};
    }
  }
  const bool other_method = std::ranges::any_of(kShapes[segments.count], [&](const Shape& shape) {
    return (shape.row->scope == core::ScopeRule::kUrl) == scoped && match(shape, segments);
  });
  return fail(other_method ? Errc::kMethodNotAllowed : Errc::kNotFound);
}

}  // namespace hsm::api
