#include "core/release_rules.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

KeyRecord a_key(std::optional<ReleasePolicy> policy) {
  KeyRecord record{.name = *KeyName::parse("k"),
                   .version = *KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
                   .spec = {.type = KeyType::kEc, .curve = Curve::kP256},
                   .operations = {KeyOperation::kSign},
                   .attributes = {.exportable = policy.has_value()},
                   .tags = {},
                   .public_key = {},
                   .material = key_reference({1}, {}),
                   .release_policy = std::move(policy)};
  return record;
}
ReleasePolicy a_policy(std::string text = "old", bool immutable = false) {
  return {.text = text, .digest = {1}, .content_type = std::string(kReleaseContentType), .immutable = immutable};
}
WantedReleasePolicy wanted(std::string text, std::optional<bool> immutable = {}) {
  return {.text = text, .digest = {static_cast<std::uint8_t>(text == "old" ? 1 : 2)}, .immutable = immutable};
}

Result<std::optional<ReleasePolicy>> after(const ReleaseChanges& changes, const KeyRecord* before,
                                           KeyOperations operations = {KeyOperation::kSign}) {
  return release_policy_after(changes, before, operations);
}

TEST(ReleaseRules, OfANewKey) {
  EXPECT_EQ(after({}, nullptr).value(), std::nullopt);
  EXPECT_EQ(after({.exportable = false}, nullptr).value(), std::nullopt);
  EXPECT_EQ(after({.exportable = true, .policy = wanted("old")}, nullptr).value(), a_policy());
  EXPECT_EQ(after({.exportable = true, .policy = wanted("old", true)}, nullptr).value(), a_policy("old", true));
  const auto without_policy = after({.exportable = true}, nullptr);
  EXPECT_EQ(without_policy.error().message, "Exportable keys must have release policy");
  for (const std::optional<bool> exportable : {std::optional<bool>(), std::optional(false)}) {
    const auto without_export = after({.exportable = exportable, .policy = wanted("old")}, nullptr);
    EXPECT_EQ(without_export.error().message, "Non-exportable keys must not have release policy");
  }
}

TEST(ReleaseRules, WhatAKeyOnceWasItStays) {
  const KeyRecord exportable = a_key(a_policy()), plain = a_key(std::nullopt);
  EXPECT_EQ(after({}, &exportable).value(), a_policy());
  EXPECT_EQ(after({.exportable = true}, &exportable).value(), a_policy());
  EXPECT_EQ(after({}, &plain).value(), std::nullopt);
  EXPECT_EQ(after({.exportable = false}, &exportable).error().code, Errc::kBadParameter);
  EXPECT_EQ(after({.exportable = true, .policy = wanted("new")}, &plain).error().code, Errc::kBadParameter);
  EXPECT_EQ(after({.policy = wanted("new")}, &plain).error().message,
            "Non-exportable keys must not have release policy");
}

TEST(ReleaseRules, APolicyCanBeReplacedUntilItIsImmutable) {
  const KeyRecord key = a_key(a_policy());
  EXPECT_EQ(after({.policy = wanted("new")}, &key).value()->text, "new");
  EXPECT_TRUE(after({.policy = wanted("new", true)}, &key).value()->immutable);

  const KeyRecord immutable = a_key(a_policy("old", true));
  const auto changed = after({.policy = wanted("new")}, &immutable);
  EXPECT_EQ(changed.error().message, "Immutable Key Release Policy cannot be modified.");
  EXPECT_FALSE(after({.policy = wanted("old", false)}, &immutable));
  WantedReleasePolicy other_type = wanted("old");
  other_type.content_type = "text/plain";
  EXPECT_FALSE(after({.policy = other_type}, &immutable));
  EXPECT_EQ(after({.policy = wanted("old")}, &immutable).value(), a_policy("old", true));
}

// Released SDKs create such keys (secureWrapKey and secureUnwrapKey with a policy, not exportable).
TEST(ReleaseRules, AKeyForSecureWrapMayHaveAPolicyAndStaysInside) {
  const KeyOperations secure{KeyOperation::kSecureWrapKey, KeyOperation::kSecureUnwrapKey};
  EXPECT_EQ(after({.policy = wanted("old")}, nullptr, secure).value(), a_policy());
  EXPECT_EQ(after({}, nullptr, secure).value(), std::nullopt);
  KeyRecord key = a_key(a_policy());
  key.attributes.exportable = false;
  EXPECT_EQ(after({}, &key).value(), a_policy()) << "it is not lost with the operations";
  EXPECT_EQ(after({.policy = wanted("new")}, &key).value()->text, "new");
  EXPECT_FALSE(after({.exportable = true}, &key));
  EXPECT_EQ(check_release(key).error().code, Errc::kForbidden);
  EXPECT_EQ(decode_key_record(encode(key)).value().release_policy, a_policy());
}

TEST(ReleaseRules, ADisabledKeyStaysAndAnExpiredOneMayGo) {
  KeyRecord key = a_key(a_policy());
  EXPECT_TRUE(check_release(key));
  key.attributes.expires = 1;
  EXPECT_TRUE(check_release(key));
  key.attributes.enabled = false;
  EXPECT_EQ(check_release(key).error().code, Errc::kForbidden);
  EXPECT_EQ(check_release(a_key(std::nullopt)).error().code, Errc::kForbidden);
}

TEST(KeyRecord, KeepsItsReleasePolicy) {
  const KeyRecord record = a_key(a_policy("text", true));
  const KeyRecord read = decode_key_record(encode(record)).value();
  EXPECT_EQ(read.release_policy, record.release_policy);
  EXPECT_EQ(policy_of(read), policy_of(record));
  EXPECT_TRUE(policy_of(read).release_policy_immutable);
}

TEST(KeyRecord, OfTheFirstFormatHadNone) {
  Bytes old = encode(a_key(std::nullopt));
  old.front() = 1;
  old.pop_back();
  EXPECT_EQ(decode_key_record(old).value().release_policy, std::nullopt);
}

TEST(KeyRecord, IsNeverExportableWithoutAPolicy) {
  KeyRecord record = a_key(std::nullopt);
  record.attributes.exportable = true;
  EXPECT_FALSE(decode_key_record(encode(record)));
}

}  // namespace
}  // namespace hsm::core
