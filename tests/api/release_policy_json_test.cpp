#include "api/keys/release_policy_json.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "release/release_policy.h"

namespace hsm::api::keys {
namespace {

constexpr std::string_view kPolicy =
    R"({"version": "1.0", "anyOf": [{"authority": "https://a/", "allOf": [{"claim": "c", "equals": true}]}]})";
constexpr std::string_view kCanonical =
    R"({"anyOf":[{"allOf":[{"claim":"c","equals":true}],"authority":"https://a/"}],"version":"1.0.0"})";

Result<core::ReleaseChanges> read(const std::string& text) {
  JsonBody body;
  return release_member(**body.parse(bytes_of(text)));
}
std::string data() {
  return R"("data":")" + to_base64url(bytes_of(kPolicy)) + "\"";
}

TEST(ReleaseMember, MakesThePolicyCanonical) {
  const auto changes = read(R"({"attributes":{"exportable":true},"release_policy":{)" + data() + "}}").value();
  EXPECT_EQ(changes.exportable, true);
  ASSERT_TRUE(changes.policy);
  EXPECT_EQ(changes.policy->text, kCanonical);
  EXPECT_EQ(changes.policy->digest, release::digest_of(kCanonical));
  EXPECT_FALSE(changes.policy->content_type || changes.policy->immutable);
}

TEST(ReleaseMember, TakesWhatElseThereIs) {
  const auto changes =
      read(R"({"release_policy":{"contentType":"application/json","immutable":true,)" + data() + "}}").value();
  EXPECT_EQ(changes.exportable, std::nullopt);
  EXPECT_EQ(changes.policy->content_type, "application/json");
  EXPECT_EQ(changes.policy->immutable, true);
}

TEST(ReleaseMember, AbsentMembersSayNothing) {
  for (const char* text : {"{}", R"({"release_policy":null})", R"({"attributes":{"exportable":null}})"}) {
    const auto changes = read(text).value();
    EXPECT_FALSE(changes.exportable || changes.policy) << text;
  }
}

TEST(ReleaseMember, RefusesWhatIsNoPolicy) {
  for (const std::string& text :
       {std::string(R"({"release_policy":{}})"), std::string(R"({"release_policy":"e30"})"),
        std::string(R"({"release_policy":{"data":1}})"), std::string(R"({"release_policy":{"data":"%"}})"),
        std::string(R"({"release_policy":{"data":"e30"}})"), R"({"release_policy":{"immutable":"yes",)" + data() + "}}",
        R"({"release_policy":{"contentType":")" + std::string(257, 'a') + "\"," + data() + "}}"}) {
    EXPECT_FALSE(read(text)) << text;
  }
  EXPECT_FALSE(read(R"({"attributes":{"exportable":"yes"}})"));
}

TEST(AppendReleasePolicy, PrintsAllThreeMembers) {
  std::string out;
  append_release_policy(out, {.text = "{}", .digest = {}, .content_type = "a/b", .immutable = false});
  EXPECT_EQ(out, R"({"contentType":"a/b","data":"e30","immutable":false})");
}

}  // namespace
}  // namespace hsm::api::keys
