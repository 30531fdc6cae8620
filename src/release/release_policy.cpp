#include "release/release_policy.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <optional>
#include <utility>

#include "base/json_text.h"
#include "crypto/digest.h"
#include "crypto/jose/strict_json.h"
#include "release/scalar.h"

namespace hsm::release {
namespace {

namespace json = boost::json;

struct OperatorRow {
  Operator op;
  std::string_view name;
};
constexpr auto kOperators = std::to_array<OperatorRow>({
    {Operator::kEquals, "equals"},
    {Operator::kNotEquals, "notEquals"},
    {Operator::kLess, "less"},
    {Operator::kLessOrEquals, "lessOrEquals"},
    {Operator::kGreater, "greater"},
    {Operator::kGreaterOrEquals, "greaterOrEquals"},
    {Operator::kExists, "exists"},
});
struct QuantifierRow {
  Quantifier quantifier;
  std::string_view name;
};
constexpr auto kQuantifiers = std::to_array<QuantifierRow>({
    {Quantifier::kAllOf, "allOf"},
    {Quantifier::kAnyOf, "anyOf"},
});
constexpr std::string_view kVersion = "1.0.0";
constexpr auto kOlderVersions = std::to_array<std::string_view>({"1.0", "0.2"});

std::unexpected<Error> bad_policy(std::string what) {
  return fail(Errc::kBadParameter, "Key Release Policy: " + std::move(what));
}

template <class Rows>
auto named(const Rows& rows, std::string_view name) {
  const auto found = std::ranges::find(rows, name, [](const auto& row) { return row.name; });
  return found == rows.end() ? nullptr : &*found;
}

Result<std::string> text_of_member(const json::object& object, std::string_view name, std::size_t bytes_max) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return bad_policy("missing '" + std::string(name) + "' property");
  const json::string* text = value->if_string();
  if (text == nullptr || text->empty() || text->size() > bytes_max) {
    return bad_policy("'" + std::string(name) + "' is not a text of 1 to " + std::to_string(bytes_max) + " bytes");
  }
  return std::string(std::string_view(*text));
}

Status check_version(const json::object& policy) {
  HSM_TRY(const std::string version, text_of_member(policy, "version", 16));
  if (version != kVersion && std::ranges::find(kOlderVersions, version) == kOlderVersions.end()) {
    return bad_policy("'version' is not supported; use 1.0.0");
  }
  return {};
}

// operator_of finds the one member besides `claim`, or the two of the older form.
struct Operation {
  Operator op;
  const json::value* value;
};
Result<Operation> operation_of(const json::object& test) {
  if (test.contains("condition")) {
    HSM_TRY(const std::string name, text_of_member(test, "condition", kClaimNameBytesMax));
    const OperatorRow* row = named(kOperators, name);
    const json::value* value = test.if_contains("value");
    if (row == nullptr) return bad_policy("'condition' is not an operator");
    if (value == nullptr || test.size() != 3) return bad_policy("a condition has claim, condition and value");
    return Operation{row->op, value};
  }
  if (test.size() != 2) return bad_policy("a claim has exactly one operator");
  for (const auto& member : test) {
    if (member.key() == "claim") continue;
    const OperatorRow* row = named(kOperators, member.key());
    if (row == nullptr) return bad_policy("'" + std::string(member.key()) + "' is not an operator");
    return Operation{row->op, &member.value()};
  }
  return bad_policy("a claim has exactly one operator");  // unreachable: two members of different names
}

// Boost.JSON reads a number with many digits only nearly exactly, so that it may not read again what it has written. A
// policy of such a number would have no canonical text, and its key could never be released.
bool reads_back(const Scalar& scalar) {
  json::error_code error;
  const json::value again = json::parse(scalar.json, error);
  const auto same = error ? std::nullopt : scalar_of(again);
  return same && same->json == scalar.json;
}

Result<Condition> claim_test(const json::object& test) {
  ClaimTest out;
  HSM_TRY(out.claim, text_of_member(test, "claim", kClaimNameBytesMax));
  HSM_TRY(const Operation operation, operation_of(test));
  out.op = operation.op;
  auto value = scalar_of(*operation.value);
  if (!value) return bad_policy("a value is a text, a number, true or false");
  if (!reads_back(*value)) return bad_policy("a number has too many digits; write it as a text");
  if (out.op == Operator::kExists && !operation.value->is_bool()) return bad_policy("'exists' is true or false");
  out.value = *std::move(value);
  return Condition{std::move(out)};
}

Result<ConditionList> condition_list(Quantifier quantifier, const json::value& value, std::size_t depth);

Result<Condition> condition(const json::value& value, std::size_t depth) {
  const json::object* object = value.if_object();
  if (object == nullptr) return bad_policy("a condition is an object");
  if (object->contains("claim")) return claim_test(*object);
  const QuantifierRow* row = object->size() == 1 ? named(kQuantifiers, object->begin()->key()) : nullptr;
  if (row == nullptr) return bad_policy("a condition has a claim, or exactly one of allOf and anyOf");
  HSM_TRY(ConditionList list, condition_list(row->quantifier, object->begin()->value(), depth + 1));
  return Condition{std::move(list)};
}

Result<ConditionList> condition_list(Quantifier quantifier, const json::value& value, std::size_t depth) {
  const json::array* elements = value.if_array();
  if (elements == nullptr || elements->empty()) return bad_policy("allOf and anyOf are lists that are not empty");
  if (depth > kConditionDepthMax) return bad_policy("its conditions are nested too deeply");
  ConditionList list{.quantifier = quantifier, .conditions = {}};
  for (const json::value& element : *elements) {
    HSM_TRY(Condition one, condition(element, depth));
    list.conditions.push_back(std::move(one));
  }
  return list;
}

Result<PolicyAuthority> authority(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return bad_policy("an authority is an object");
  PolicyAuthority out;
  HSM_TRY(out.authority, text_of_member(*object, "authority", 2048));
  if (object->size() != 2) return bad_policy("an authority has exactly one of allOf and anyOf");
  for (const QuantifierRow& row : kQuantifiers) {
    const json::value* list = object->if_contains(row.name);
    if (list == nullptr) continue;
    HSM_TRY(out.conditions, condition_list(row.quantifier, *list, 1));
    return out;
  }
  return bad_policy("an authority has exactly one of allOf and anyOf");
}

// The members of each object are appended in the order of their names.
void append(std::string& out, const ConditionList& list);

void append(std::string& out, const ClaimTest& test) {
  const std::string_view op = kOperators[static_cast<std::size_t>(test.op)].name;
  out += R"({"claim":)";  // before every operator
  append_json_string(out, test.claim);
  out.append(",\"").append(op).append("\":").append(test.value.json).push_back('}');
}

void append(std::string& out, const ConditionList& list) {
  out.append("\"").append(kQuantifiers[static_cast<std::size_t>(list.quantifier)].name).append("\":[");
  bool first = true;
  for (const Condition& one : list.conditions) {
    if (!std::exchange(first, false)) out.push_back(',');
    if (const auto* test = std::get_if<ClaimTest>(&one.is)) {
      append(out, *test);
    } else {
      out.push_back('{');
      append(out, std::get<ConditionList>(one.is));
      out.push_back('}');
    }
  }
  out.push_back(']');
}

std::string canonical_text(const std::vector<PolicyAuthority>& authorities) {
  std::string out = R"({"anyOf":[)";
  bool first = true;
  for (const PolicyAuthority& one : authorities) {
    if (!std::exchange(first, false)) out.push_back(',');
    out.push_back('{');
    append(out, one.conditions);
    out += R"(,"authority":)";
    append_json_string(out, one.authority);
    out.push_back('}');
  }
  out.append(R"(],"version":")").append(kVersion).append("\"}");
  return out;
}

}  // namespace

Result<Policy> Policy::parse(std::string_view text) {
  if (text.size() > kPolicyInputBytesMax) return bad_policy("it is too long");
  const auto object = jose::parse_object(text);
  if (!object) return bad_policy("it is not a JSON object");
  HSM_CHECK(check_version(*object));
  const json::value* list = object->if_contains("anyOf");
  const json::array* authorities = list == nullptr ? nullptr : list->if_array();
  if (authorities == nullptr || authorities->empty())
    return bad_policy("missing 'anyOf' property, a list of authorities");
  if (object->size() != 2) return bad_policy("it has members besides anyOf and version");
  Policy policy;
  for (const json::value& value : *authorities) {
    HSM_TRY(PolicyAuthority one, authority(value));
    policy.authorities_.push_back(std::move(one));
  }
  policy.canonical_ = canonical_text(policy.authorities_);
  if (policy.canonical_.size() > core::kReleasePolicyBytesMax) {
    return bad_policy("it has more than " + std::to_string(core::kReleasePolicyBytesMax) + " bytes");
  }
  return policy;
}

Result<Policy> Policy::parse_canonical(std::string_view text) {
  HSM_TRY(Policy policy, parse(text));
  if (policy.canonical() != text) return bad_policy("it is not in its canonical form");
  return policy;
}

core::ReleasePolicyDigest digest_of(std::string_view canonical) {
  return crypto::sha256(bytes_of(canonical));
}

}  // namespace hsm::release
