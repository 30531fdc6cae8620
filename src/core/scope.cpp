#include "core/scope.h"

#include <vector>

#include "base/text.h"

namespace hsm::core {
namespace {

std::vector<std::string_view> segments_of(std::string_view text) {
  std::vector<std::string_view> segments;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('/'), text.size());
    if (end > 0) segments.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return segments;
}

}  // namespace

Result<Scope> Scope::parse(std::string_view text) {
  const auto segments = segments_of(text);
  if (segments.empty()) return root();
  if (equal_ignoring_case(segments[0], "keys")) {
    if (segments.size() == 1) return keys();
    if (segments.size() == 2) {
      if (const auto name = KeyName::parse(segments[1])) return key(*name);
    }
  }
  return fail(Errc::kInvalidKeyIdentifier, "Invalid key identifier");
}

bool Scope::covers(const Scope& other) const {
  switch (level_) {
    case Level::kRoot:
      return true;
    case Level::kKeys:
      return other.level_ != Level::kRoot;
    case Level::kKey:
      return other == *this;
  }
  return false;
}

}  // namespace hsm::core
