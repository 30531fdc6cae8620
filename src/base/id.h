#pragma once
#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hsm {

// Id is a string that has been checked once. `Rule` says what is valid: `kWhat`, the words for an error message, and
// `valid(std::string_view)`. There is no way in but parse, and none from one kind of id to another.
template <class Rule>
class Id {
 public:
  static Result<Id> parse(std::string_view text) {
    if (!Rule::valid(text)) return fail(Errc::kBadParameter, std::string("invalid ") + Rule::kWhat);
    return Id(std::string(text));
  }
  const std::string& text() const { return text_; }
  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace hsm

template <class Rule>
struct std::hash<hsm::Id<Rule>> {
  std::size_t operator()(const hsm::Id<Rule>& id) const noexcept { return std::hash<std::string>{}(id.text()); }
};
