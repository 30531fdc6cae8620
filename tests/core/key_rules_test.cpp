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

Errc secure_refusal(const KeyRecord& key, KeyOperation operation,
                    SecureWrapAlgorithm algorithm = SecureWrapAlgorithm::kRsaOaep256) {
  const Status status = check_secure_use(key, operation, *find_secure_wrap(algorithm), kNow);
  return status ? Errc::kCount_ : status.error().code;
}

TEST(SecureUse, IsAllowedByItsOwnOperationOrThePlainOne) {
  using enum KeyOperation;
  KeyRecord key = rsa_key();
  for (const KeyOperations operations : {KeyOperations{kWrapKey}, KeyOperations{kSecureWrapKey}}) {
    key.operations = operations;
    EXPECT_EQ(secure_refusal(key, kSecureWrapKey), Errc::kCount_);
    EXPECT_EQ(secure_refusal(key, kSecureUnwrapKey), Errc::kForbidden);
  }
  for (const KeyOperations operations : {KeyOperations{kUnwrapKey}, KeyOperations{kSecureUnwrapKey}}) {
    key.operations = operations;
    EXPECT_EQ(secure_refusal(key, kSecureUnwrapKey), Errc::kCount_);
    EXPECT_EQ(secure_refusal(key, kSecureWrapKey), Errc::kForbidden);
  }
  key.attributes.expires = 1'000;
  EXPECT_EQ(secure_refusal(key, kSecureUnwrapKey), Errc::kCount_) << "what was protected is read";
  key.operations = {kSecureWrapKey};
  EXPECT_EQ(secure_refusal(key, kSecureWrapKey), Errc::kForbidden);
  key.attributes = {.enabled = false};
  EXPECT_EQ(secure_refusal(key, kSecureWrapKey), Errc::kForbidden);
  EXPECT_EQ(refusal(key, kWrapKey, Algorithm::kRsaOaep256), Errc::kForbidden);
}

TEST(SecureUse, HasAlgorithmsOfItsOwnForKeysOfTheirSize) {
  KeyRecord key = rsa_key();
  EXPECT_EQ(secure_refusal(key, KeyOperation::kSecureWrapKey, SecureWrapAlgorithm::kA256Kw), Errc::kBadParameter);
  key.spec = {.type = KeyType::kOct, .bits = 192};
  using enum SecureWrapAlgorithm;
  for (const SecureWrapRow& row : kSecureWrapAlgorithms) {
    const bool fits = row.algorithm == kA192Kw || row.algorithm == kA192KwPad || row.algorithm == kAesKeyWrap ||
                      row.algorithm == kAesKeyWrapPad;
    EXPECT_EQ(secure_refusal(key, KeyOperation::kSecureWrapKey, row.algorithm),
              fits ? Errc::kCount_ : Errc::kBadParameter)
        << row.name;
  }
  EXPECT_EQ(secure_wrap_named("RSA-OAEP"), nullptr);
  EXPECT_EQ(algorithm_named("A256KWPAD"), std::nullopt) << "an algorithm of secure wrap alone";
}

TEST(SecureUse, IsNoDefault) {
  for (const KeyType type : {KeyType::kRsa, KeyType::kOct}) {
    EXPECT_FALSE(for_secure_wrap(default_operations(type)));
    EXPECT_TRUE(for_secure_wrap(possible_operations(type)));
  }
  EXPECT_FALSE(for_secure_wrap(possible_operations(KeyType::kEc)));
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
