#include "api/keys/rotation_policy_json.h"

#include <gtest/gtest.h>

namespace hsm::api::keys {
namespace {

core::KeyHead a_head() {
  return {.name = *core::KeyName::parse("My-Key"),
          .latest = *core::KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
          .versions = 1,
          .deleted = {},
          .purge_at = {}};
}

Result<core::RotationPolicy> read(std::string_view text) {
  JsonBody body;
  const auto object = body.parse(bytes_of(text));
  if (!object) return std::unexpected(object.error());
  return rotation_policy_of(**object);
}

// Reads a policy and writes it as the answer to its PUT.
std::string echoed(std::string_view text) {
  core::KeyHead head = a_head();
  head.rotation = read(text).value();
  if (head.rotation->empty()) head.rotation.reset();
  if (head.rotation) head.rotation->created = 10, head.rotation->updated = 20;
  return rotation_policy(head, "https://h:8443");
}

constexpr std::string_view kId = R"(,"id":"https://h:8443/keys/My-Key/rotationpolicy","lifetimeActions":[)";

// reference/keys-api.md §6: rotate in lower case, durations as they were sent.
TEST(RotationPolicyJson, GivesBackWhatWasSet) {
  EXPECT_EQ(echoed(R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"p30d","timeBeforeExpiry":null},)"
                   R"("action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P90D"}})"),
            R"({"attributes":{"created":10,"expiryTime":"P90D","updated":20})" + std::string(kId) +
                R"({"action":{"type":"rotate"},"trigger":{"timeAfterCreate":"p30d"}}]})");
  EXPECT_EQ(echoed(R"({"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P1M"},"action":{"type":"rotate"}}]})"),
            R"({"attributes":{"created":10,"updated":20})" + std::string(kId) +
                R"({"action":{"type":"rotate"},"trigger":{"timeBeforeExpiry":"P1M"}}]})");
  EXPECT_EQ(echoed(R"({"attributes":{"expiryTime":"P90D"}})"),
            R"({"attributes":{"created":10,"expiryTime":"P90D","updated":20})" + std::string(kId) + "]}");
}

TEST(RotationPolicyJson, OfAKeyWithoutAPolicyIsEmpty) {
  EXPECT_EQ(rotation_policy(a_head(), "https://h:8443"), R"({"attributes":{})" + std::string(kId) + "]}");
  for (const char* text : {"{}", R"({"lifetimeActions":[],"attributes":{}})", R"({"attributes":null})",
                           R"({"lifetimeActions":null,"attributes":{"expiryTime":null}})"}) {
    EXPECT_EQ(echoed(text), rotation_policy(a_head(), "https://h:8443")) << text;
  }
}

TEST(RotationPolicyJson, WhatTheServiceSetsIsIgnoredWhenItIsSentBack) {
  const auto policy = read(R"({"id":"https://elsewhere","attributes":{"created":1,"updated":2,"expiryTime":"P90D"}})");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->created, 0);
  EXPECT_EQ(policy->updated, 0);
}

TEST(RotationPolicyJson, RefusesWhatIsNoPolicy) {
  const std::string rotate = R"({"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"Rotate"}})";
  const std::string cases[] = {
      R"({"lifetimeActions":{}})",
      R"({"lifetimeActions":[5]})",
      R"({"lifetimeActions":[{}]})",
      R"({"lifetimeActions":[{"action":{"type":"Rotate"}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"Delete"}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":5}}]})",
      R"({"lifetimeActions":[{"trigger":{},"action":{"type":"Rotate"}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D","timeBeforeExpiry":"P30D"},"action":{"type":"Rotate"}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"30 days"},"action":{"type":"Rotate"}}]})",
      R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":30},"action":{"type":"Rotate"}}]})",
      R"({"lifetimeActions":[)" + rotate + "," + rotate + "]}",
      R"({"attributes":5})",
      R"({"attributes":{"expiryTime":"90"}})",
      R"({"attributes":{"expiryTime":""}})",
      R"({"attributes":{"expiryTime":90}})",
  };
  for (const std::string& text : cases) {
    const auto policy = read(text);
    ASSERT_FALSE(policy) << text;
    EXPECT_EQ(policy.error().code, Errc::kBadParameter) << text;
  }
}

// reference/keys-api.md §6: Managed HSM has no event grid.
TEST(RotationPolicyJson, RefusesToNotifyAndSaysSo) {
  const auto policy =
      read(R"({"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"Notify"}}]})");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code, Errc::kBadParameter);
  EXPECT_TRUE(policy.error().message.contains("notify")) << policy.error().message;
}

}  // namespace
}  // namespace hsm::api::keys
