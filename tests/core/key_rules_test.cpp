#include "core/key_rules.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

KeyRecord rsa_key() {
  return {.name = *KeyName::parse("k"),
          .version = *KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
          .spec = {.type = KeyType::kRsa, .bits = 2048},
          .operations = default_operations(KeyType::kRsa),
          .material = key_reference({}, {})};
}
const TimePoint kNow = from_unix_seconds(1'000);

Errc refusal(const KeyRecord& key, KeyOperation operation, Algorithm algorithm) {
  const Status status = check_use(key, operation, row(algorithm), kNow);
  return status ? Errc::kCount_ : status.error().code;
}

Errc exchange_refusal(const KeyRecord& key) {
  const Status status = check_exchange(key, kNow);
  return status ? Errc::kCount_ : status.error().code;
}

TEST(ExchangeKey, IsAnRsaKeyWhoseOneOperationIsImport) {
  KeyRecord key = rsa_key();
  EXPECT_EQ(exchange_refusal(key), Errc::kBadParameter);
  key.operations = {KeyOperation::kImport};
  EXPECT_EQ(exchange_refusal(key), Errc::kCount_);
  key.operations = {KeyOperation::kImport, KeyOperation::kUnwrapKey};
  EXPECT_EQ(exchange_refusal(key), Errc::kBadParameter);
}

TEST(ExchangeKey, MustBeEnabledAndInTime) {
  KeyRecord key = rsa_key();
  key.operations = {KeyOperation::kImport};
  key.attributes.enabled = false;
  EXPECT_EQ(exchange_refusal(key), Errc::kBadParameter);
  key.attributes = {.not_before = 1'001};
  EXPECT_EQ(exchange_refusal(key), Errc::kBadParameter);
  key.attributes = {.expires = 1'000};
  EXPECT_EQ(exchange_refusal(key), Errc::kBadParameter);
}

TEST(KeyUse, AnEnabledKeyIsUsable) {
  EXPECT_EQ(refusal(rsa_key(), KeyOperation::kSign, Algorithm::kRs256), Errc::kCount_);
}

TEST(KeyUse, ADisabledKeyRefusesEveryUse) {
  KeyRecord key = rsa_key();
  key.attributes.enabled = false;
  EXPECT_EQ(refusal(key, KeyOperation::kSign, Algorithm::kRs256), Errc::kForbidden);
  EXPECT_EQ(refusal(key, KeyOperation::kVerify, Algorithm::kRs256), Errc::kForbidden);
  EXPECT_EQ(refusal(key, KeyOperation::kDecrypt, Algorithm::kRsaOaep), Errc::kForbidden);
}

TEST(KeyUse, OutsideOfItsTimesAKeyOnlyReadsWhatItProtected) {
  KeyRecord expired = rsa_key();
  expired.attributes.expires = 1'000;
  KeyRecord early = rsa_key();
  early.attributes.not_before = 1'001;
  for (const KeyRecord& key : {expired, early}) {
    EXPECT_EQ(refusal(key, KeyOperation::kSign, Algorithm::kRs256), Errc::kForbidden);
    EXPECT_EQ(refusal(key, KeyOperation::kEncrypt, Algorithm::kRsaOaep), Errc::kForbidden);
    EXPECT_EQ(refusal(key, KeyOperation::kWrapKey, Algorithm::kRsaOaep), Errc::kForbidden);
    EXPECT_EQ(refusal(key, KeyOperation::kVerify, Algorithm::kRs256), Errc::kCount_);
    EXPECT_EQ(refusal(key, KeyOperation::kDecrypt, Algorithm::kRsaOaep), Errc::kCount_);
    EXPECT_EQ(refusal(key, KeyOperation::kUnwrapKey, Algorithm::kRsaOaep), Errc::kCount_);
  }
}

TEST(KeyUse, AnOperationThatKeyOpsLacksIsForbidden) {
  KeyRecord key = rsa_key();
  key.operations = {KeyOperation::kVerify};
  EXPECT_EQ(refusal(key, KeyOperation::kSign, Algorithm::kRs256), Errc::kForbidden);
}

TEST(KeyUse, TheAlgorithmMustSuitTheKey) {
  EXPECT_EQ(refusal(rsa_key(), KeyOperation::kSign, Algorithm::kEs256), Errc::kBadParameter);
  EXPECT_EQ(refusal(rsa_key(), KeyOperation::kSign, Algorithm::kRsaOaep), Errc::kBadParameter);
}

TEST(KeyOps, ImportMustStandAloneAndOnRsaOnly) {
  EXPECT_TRUE(check_operations({KeyOperation::kImport}, KeySpec{.type = KeyType::kRsa}));
  EXPECT_FALSE(check_operations({KeyOperation::kImport, KeyOperation::kSign}, KeySpec{.type = KeyType::kRsa}));
  EXPECT_FALSE(check_operations({KeyOperation::kImport}, KeySpec{.type = KeyType::kOct}));
  EXPECT_FALSE(check_operations({KeyOperation::kEncrypt}, KeySpec{.type = KeyType::kEc}));
}

TEST(Tags, AreAtMostFifteenOf256Characters) {
  EXPECT_TRUE(check_tags(Tags(15, {"n", "v"})));
  EXPECT_FALSE(check_tags(Tags(16, {"n", "v"})));
  EXPECT_TRUE(check_tags({{std::string(256, 'n'), std::string(256, 'v')}}));
  EXPECT_FALSE(check_tags({{"n", std::string(257, 'v')}}));
  std::string umlauts;
  for (int i = 0; i < 256; ++i) umlauts += "ä";
  EXPECT_TRUE(check_tags({{"n", umlauts}}));
}

}  // namespace
}  // namespace hsm::core
