#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "core/release.h"

namespace hsm::release {

// A release policy, version 1.0.0 (reference/byok-release-attestation.md §3.2):
//
//   policy    = {"anyOf": [authority…], "version": "1.0.0"}                       one authority is enough
//   authority = {"authority": URL, "allOf" | "anyOf": [condition…]}
//   condition = {"claim": NAME, OPERATOR: value} | {"allOf": [condition…]} | {"anyOf": [condition…]}
//   OPERATOR  = equals notEquals less lessOrEquals greater greaterOrEquals exists
//   value     = text | number | true | false; of exists true | false
//
// No list is empty, no member has another name. The older forms are read too: {"claim", "condition": OPERATOR,
// "value"}, and versions 1.0 and 0.2 (the latter unconfirmed). Only `equals` is documented as allowed; that the other
// six are taken is unconfirmed.
inline constexpr std::size_t kPolicyInputBytesMax = 32 * 1024;  // before it is made canonical
inline constexpr std::size_t kConditionDepthMax = 12;           // nested lists; ours, the grammar has no limit
inline constexpr std::size_t kClaimNameBytesMax = 256;

enum class Operator : std::uint8_t { kEquals, kNotEquals, kLess, kLessOrEquals, kGreater, kGreaterOrEquals, kExists };

// A scalar in its canonical text, which is what comparisons look at: Microsoft's own policies compare booleans and
// numbers with texts (§3.2). `json` is how it is written again.
struct Scalar {
  std::string text;
  std::string json;
};

struct Condition;
struct ClaimTest {
  std::string claim;
  Operator op = Operator::kEquals;
  Scalar value;
};
enum class Quantifier : std::uint8_t { kAllOf, kAnyOf };
struct ConditionList {
  Quantifier quantifier = Quantifier::kAllOf;
  std::vector<Condition> conditions;
};
struct Condition {
  std::variant<ClaimTest, ConditionList> is;
};
struct PolicyAuthority {
  std::string authority;
  ConditionList conditions;
};

// Policy is a release policy that has been read. Immutable.
class Policy {
 public:
  // parse: kBadParameter unless the text is a policy of the grammar above; the message begins with "Key Release
  // Policy:".
  static Result<Policy> parse(std::string_view text);
  // parse_canonical takes only what canonical() gives: kBadParameter for any other text.
  static Result<Policy> parse_canonical(std::string_view text);

  // canonical is the one text of the policy: members sorted, no white space, the newest version.
  const std::string& canonical() const { return canonical_; }
  const std::vector<PolicyAuthority>& authorities() const { return authorities_; }

 private:
  std::vector<PolicyAuthority> authorities_;
  std::string canonical_;
};

// digest_of is what is bound to a key: SHA-256 of the canonical text.
core::ReleasePolicyDigest digest_of(std::string_view canonical);

// holds evaluates conditions against a token's claims. A claim that is absent or no scalar fulfils nothing but
// `exists`; a name with dots is first looked for as it is, then walked through nested objects. less and the like
// compare numbers, also those written as texts; what is no number they are never true of.
bool holds(const ConditionList& conditions, const boost::json::object& claims);

}  // namespace hsm::release
