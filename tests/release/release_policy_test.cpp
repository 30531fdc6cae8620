#include "release/release_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace hsm::release {
namespace {

using testing::StartsWith;

// A policy of one authority with these conditions.
std::string policy_of(const std::string& conditions) {
  return R"({"version":"1.0.0","anyOf":[{"authority":"https://a.example/",)" + conditions + "}]}";
}
std::string one_condition(const std::string& condition) {
  return policy_of(R"("allOf":[)" + condition + "]");
}

// reference/byok-release-attestation.md §3.1 and keys-api.md §2.8, recorded and documented.
TEST(ReleasePolicy, HasOneCanonicalText) {
  const struct {
    const char* name;
    std::string input;
    std::string canonical;
  } cases[] = {
      {"recorded",
       R"({"anyOf": [{"authority": "https://sharedeus.eus.attest.azure.net/", "allOf": [{"claim": "x-ms-sgx-is-debuggable", "equals": "false"}]}], "version": "1.0.0"})",
       R"({"anyOf":[{"allOf":[{"claim":"x-ms-sgx-is-debuggable","equals":"false"}],"authority":"https://sharedeus.eus.attest.azure.net/"}],"version":"1.0.0"})"},
      {"two authorities",
       R"({"version":"1.0.0","anyOf":[{"authority":"b","anyOf":[{"claim":"c","equals":1}]},{"authority":"a","allOf":[{"equals":true,"claim":"d"}]}]})",
       R"({"anyOf":[{"anyOf":[{"claim":"c","equals":1}],"authority":"b"},{"allOf":[{"claim":"d","equals":true}],"authority":"a"}],"version":"1.0.0"})"},
      {"older form",
       R"({"anyOf":[{"allOf":[{"claim":"c","condition":"equals","value":"v"}],"authority":"a"}],"version":"0.2"})",
       R"({"anyOf":[{"allOf":[{"claim":"c","equals":"v"}],"authority":"a"}],"version":"1.0.0"})"},
      {"older version", R"({"anyOf":[{"allOf":[{"claim":"c","exists":false}],"authority":"a"}],"version":"1.0"})",
       R"({"anyOf":[{"allOf":[{"claim":"c","exists":false}],"authority":"a"}],"version":"1.0.0"})"},
      {"nested",
       R"({"anyOf":[{"allOf":[{"anyOf":[{"claim":"c","equals":1},{"allOf":[{"claim":"d","less":2.50}]}]}],"authority":"a"}],"version":"1.0.0"})",
       R"({"anyOf":[{"allOf":[{"anyOf":[{"claim":"c","equals":1},{"allOf":[{"claim":"d","less":2.5}]}]}],"authority":"a"}],"version":"1.0.0"})"},
      {"numbers",
       R"({"anyOf":[{"allOf":[{"claim":"c","equals":3.0},{"claim":"c","equals":-0},{"claim":"c","equals":18446744073709551615},{"claim":"c","equals":1e300}],"authority":"a"}],"version":"1.0.0"})",
       R"({"anyOf":[{"allOf":[{"claim":"c","equals":3},{"claim":"c","equals":0},{"claim":"c","equals":18446744073709551615},{"claim":"c","equals":1e+300}],"authority":"a"}],"version":"1.0.0"})"},
  };
  for (const auto& test : cases) {
    const auto policy = Policy::parse(test.input);
    ASSERT_TRUE(policy) << test.name << ": " << policy.error().message;
    EXPECT_EQ(policy->canonical(), test.canonical) << test.name;
    EXPECT_TRUE(Policy::parse_canonical(test.canonical)) << test.name;
    EXPECT_EQ(Policy::parse_canonical(test.input).has_value(), test.input == test.canonical) << test.name;
  }
}

TEST(ReleasePolicy, KnowsEveryOperator) {
  for (const char* op : {"equals", "notEquals", "less", "lessOrEquals", "greater", "greaterOrEquals"}) {
    EXPECT_TRUE(Policy::parse(one_condition(R"({"claim":"c",")" + std::string(op) + R"(":1})"))) << op;
    const auto old = R"({"claim":"c","condition":")" + std::string(op) + R"(","value":1})";
    EXPECT_EQ(Policy::parse(one_condition(old)).value().canonical(),
              Policy::parse(one_condition(R"({"claim":"c",")" + std::string(op) + R"(":1})")).value().canonical());
  }
  EXPECT_TRUE(Policy::parse(one_condition(R"({"claim":"c","exists":true})")));
}

TEST(ReleasePolicy, RefusesWhatIsNotOfItsGrammar) {
  const std::string good = R"({"claim":"c","equals":1})";
  const struct {
    const char* name;
    std::string text;
  } cases[] = {
      {"nothing", ""},
      {"no JSON", "release"},
      {"a list", "[]"},
      {"empty", "{}"},
      {"something behind it", one_condition(good) + "x"},
      {"a member twice", R"({"version":"1.0.0","version":"1.0.0","anyOf":[{"authority":"a","allOf":[)" + good + "]}]}"},
      {"unknown version", R"({"version":"2.0.0","anyOf":[{"authority":"a","allOf":[)" + good + "]}]}"},
      {"version is a number", R"({"version":1,"anyOf":[{"authority":"a","allOf":[)" + good + "]}]}"},
      {"no authorities", R"({"version":"1.0.0"})"},
      {"empty authorities", R"({"version":"1.0.0","anyOf":[]})"},
      {"allOf of authorities", R"({"version":"1.0.0","allOf":[{"authority":"a","allOf":[)" + good + "]}]}"},
      {"another member", R"({"version":"1.0.0","x":1,"anyOf":[{"authority":"a","allOf":[)" + good + "]}]}"},
      {"authority is a text", R"({"version":"1.0.0","anyOf":["a"]})"},
      {"authority without a name", R"({"version":"1.0.0","anyOf":[{"allOf":[)" + good + "]}]}"},
      {"authority with an empty name", R"({"version":"1.0.0","anyOf":[{"authority":"","allOf":[)" + good + "]}]}"},
      {"authority without conditions", R"({"version":"1.0.0","anyOf":[{"authority":"a"}]})"},
      {"authority with both lists", policy_of(R"("allOf":[)" + good + R"(],"anyOf":[)" + good + "]")},
      {"authority with another member", policy_of(R"("allOf":[)" + good + R"(],"x":1)")},
      {"empty list", policy_of(R"("allOf":[])")},
      {"empty nested list", one_condition(R"({"anyOf":[]})")},
      {"lower case", policy_of(R"("allof":[)" + good + "]")},
      {"condition is a text", one_condition(R"("c")")},
      {"condition without a claim", one_condition(R"({"equals":1})")},
      {"claim is empty", one_condition(R"({"claim":"","equals":1})")},
      {"claim is a number", one_condition(R"({"claim":1,"equals":1})")},
      {"claim is too long", one_condition(R"({"claim":")" + std::string(257, 'c') + R"(","equals":1})")},
      {"no operator", one_condition(R"({"claim":"c"})")},
      {"unknown operator", one_condition(R"({"claim":"c","matches":"x"})")},
      {"operator in another case", one_condition(R"({"claim":"c","Equals":"x"})")},
      {"two operators", one_condition(R"({"claim":"c","equals":1,"less":2})")},
      {"both nested lists", one_condition(R"({"allOf":[)" + good + R"(],"anyOf":[)" + good + "]}")},
      {"claim beside a nested list", one_condition(R"({"claim":"c","allOf":[)" + good + "]}")},
      {"value is null", one_condition(R"({"claim":"c","equals":null})")},
      {"value is a list", one_condition(R"({"claim":"c","equals":[1]})")},
      {"value is an object", one_condition(R"({"claim":"c","equals":{}})")},
      {"number that is not read back", one_condition(R"({"claim":"c","equals":98446744073709551615})")},
      {"exists is a text", one_condition(R"({"claim":"c","exists":"true"})")},
      {"older form without value", one_condition(R"({"claim":"c","condition":"equals"})")},
      {"older form with another operator", one_condition(R"({"claim":"c","condition":"like","value":1})")},
      {"older form with more", one_condition(R"({"claim":"c","condition":"equals","value":1,"less":2})")},
  };
  for (const auto& test : cases) {
    const auto policy = Policy::parse(test.text);
    ASSERT_FALSE(policy) << test.name;
    EXPECT_EQ(policy.error().code, Errc::kBadParameter) << test.name;
    EXPECT_THAT(policy.error().message, StartsWith("Key Release Policy: ")) << test.name;
  }
}

TEST(ReleasePolicy, SaysWhatTheServiceSaysOfAMissingVersion) {
  const auto policy = Policy::parse(R"({"anyOf":[{"authority":"a","allOf":[{"claim":"c","equals":1}]}]})");
  EXPECT_EQ(policy.error().message, "Key Release Policy: missing 'version' property");  // recorded
}

TEST(ReleasePolicy, IsBounded) {
  std::string deep = R"({"claim":"c","equals":1})";
  for (std::size_t i = 1; i < kConditionDepthMax; ++i) deep = R"({"allOf":[)" + deep + "]}";
  EXPECT_TRUE(Policy::parse(one_condition(deep)));
  EXPECT_FALSE(Policy::parse(one_condition(R"({"allOf":[)" + deep + "]}")));
  std::string many = R"({"claim":"c","equals":1})";
  while (many.size() < core::kReleasePolicyBytesMax) many += R"(,{"claim":"c","equals":1})";
  EXPECT_FALSE(Policy::parse(one_condition(many)));
  EXPECT_FALSE(Policy::parse(std::string(kPolicyInputBytesMax, ' ') + one_condition(R"({"claim":"c","equals":1})")));
}

bool fulfils(const std::string& condition, const std::string& claims) {
  const auto policy = Policy::parse(one_condition(condition));
  EXPECT_TRUE(policy) << condition;
  return holds(policy->authorities().front().conditions, boost::json::parse(claims).as_object());
}

TEST(Evaluation, ComparesScalarsByTheirText) {
  const struct {
    const char* condition;
    const char* claims;
    bool holds;
  } cases[] = {
      {R"({"claim":"c","equals":true})", R"({"c":true})", true},
      {R"({"claim":"c","equals":"true"})", R"({"c":true})", true},
      {R"({"claim":"c","equals":true})", R"({"c":"true"})", true},
      {R"({"claim":"c","equals":"True"})", R"({"c":true})", false},
      {R"({"claim":"c","equals":"0"})", R"({"c":0})", true},
      {R"({"claim":"c","equals":0})", R"({"c":"0"})", true},
      {R"({"claim":"c","equals":3})", R"({"c":3.0})", true},
      {R"({"claim":"c","equals":"a"})", R"({"c":"A"})", false},
      {R"({"claim":"c","equals":""})", R"({"c":""})", true},
      {R"({"claim":"c","equals":""})", R"({})", false},
      {R"({"claim":"c","equals":"null"})", R"({"c":null})", false},
      {R"({"claim":"c","equals":"a"})", R"({"c":["a"]})", false},
      {R"({"claim":"c","notEquals":"a"})", R"({"c":"b"})", true},
      {R"({"claim":"c","notEquals":"a"})", R"({"c":"a"})", false},
      {R"({"claim":"c","notEquals":"a"})", R"({})", false},
      {R"({"claim":"c","notEquals":"a"})", R"({"c":{}})", false},
      {R"({"claim":"c","less":2})", R"({"c":1})", true},
      {R"({"claim":"c","less":2})", R"({"c":2})", false},
      {R"({"claim":"c","less":10})", R"({"c":"9"})", true},
      {R"({"claim":"c","less":"10"})", R"({"c":9})", true},
      {R"({"claim":"c","lessOrEquals":2})", R"({"c":2})", true},
      {R"({"claim":"c","lessOrEquals":2})", R"({"c":2.5})", false},
      {R"({"claim":"c","greater":2})", R"({"c":3})", true},
      {R"({"claim":"c","greater":2})", R"({"c":2})", false},
      {R"({"claim":"c","greaterOrEquals":2})", R"({"c":2})", true},
      {R"({"claim":"c","greaterOrEquals":2})", R"({"c":1.9})", false},
      {R"({"claim":"c","greater":9007199254740992})", R"({"c":9007199254740993})", true},
      {R"({"claim":"c","greater":1})", R"({"c":"two"})", false},
      {R"({"claim":"c","less":1})", R"({"c":"two"})", false},
      {R"({"claim":"c","greater":1})", R"({"c":"inf"})", false},
      {R"({"claim":"c","lessOrEquals":1})", R"({"c":true})", false},
      {R"({"claim":"c","greaterOrEquals":1})", R"({})", false},
      {R"({"claim":"c","exists":true})", R"({"c":[]})", true},
      {R"({"claim":"c","exists":true})", R"({})", false},
      {R"({"claim":"c","exists":false})", R"({})", true},
      {R"({"claim":"c","exists":false})", R"({"c":0})", false},
  };
  for (const auto& test : cases)
    EXPECT_EQ(fulfils(test.condition, test.claims), test.holds) << test.condition << test.claims;
}

TEST(Evaluation, ADottedNameIsWalkedUnlessItIsThereAsItStands) {
  const std::string condition = R"({"claim":"a.b.c","equals":1})";
  EXPECT_TRUE(fulfils(condition, R"({"a":{"b":{"c":1}}})"));
  EXPECT_TRUE(fulfils(condition, R"({"a.b.c":1})"));
  EXPECT_TRUE(fulfils(condition, R"({"a":{"b.c":1}})"));
  EXPECT_FALSE(fulfils(condition, R"({"a.b.c":2,"a":{"b":{"c":1}}})"));
  EXPECT_FALSE(fulfils(condition, R"({"a":{"b":1}})"));
  EXPECT_FALSE(fulfils(condition, R"({"a":[{"b":{"c":1}}]})"));
  EXPECT_FALSE(fulfils(R"({"claim":"...","equals":1})", R"({"":{"":{"":2}}})"));
}

TEST(Evaluation, ListsNest) {
  const std::string condition =
      R"({"anyOf":[{"claim":"a","equals":1},{"allOf":[{"claim":"b","equals":1},{"claim":"c","equals":1}]}]})";
  EXPECT_TRUE(fulfils(condition, R"({"a":1})"));
  EXPECT_TRUE(fulfils(condition, R"({"b":1,"c":1})"));
  EXPECT_FALSE(fulfils(condition, R"({"b":1})"));
  EXPECT_FALSE(fulfils(condition, R"({})"));
}

}  // namespace
}  // namespace hsm::release
