#include <algorithm>

#include "release/release_policy.h"
#include "release/scalar.h"

namespace hsm::release {
namespace {

namespace json = boost::json;

// find_claim looks for the whole name first, at every level. Names are bounded, and so is the depth of a token.
const json::value* find_claim(const json::object& claims, std::string_view name) {
  if (const json::value* found = claims.if_contains(name)) return found;
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return nullptr;
  const json::value* inner = claims.if_contains(name.substr(0, dot));
  const json::object* object = inner == nullptr ? nullptr : inner->if_object();
  return object == nullptr ? nullptr : find_claim(*object, name.substr(dot + 1));
}

bool compares(Operator op, std::string_view claim, std::string_view value) {
  const std::partial_ordering order = compare_numbers(claim, value);
  switch (op) {
    case Operator::kEquals:
      return claim == value;
    case Operator::kNotEquals:
      return claim != value;
    case Operator::kLess:
      return order < 0;
    case Operator::kLessOrEquals:
      return order <= 0;
    case Operator::kGreater:
      return order > 0;
    case Operator::kGreaterOrEquals:
      return order >= 0;
    case Operator::kExists:
      break;  // has no value to compare with
  }
  return false;
}

bool holds(const ClaimTest& test, const json::object& claims) {
  const json::value* claim = find_claim(claims, test.claim);
  if (test.op == Operator::kExists) return (claim != nullptr) == (test.value.text == "true");
  const auto scalar = claim == nullptr ? std::nullopt : scalar_of(*claim);
  return scalar && compares(test.op, scalar->text, test.value.text);
}

}  // namespace

bool holds(const ConditionList& list, const json::object& claims) {
  const auto one_holds = [&claims](const Condition& condition) {
    if (const auto* test = std::get_if<ClaimTest>(&condition.is)) return holds(*test, claims);
    return holds(std::get<ConditionList>(condition.is), claims);
  };
  return list.quantifier == Quantifier::kAllOf ? std::ranges::all_of(list.conditions, one_holds)
                                               : std::ranges::any_of(list.conditions, one_holds);
}

}  // namespace hsm::release
