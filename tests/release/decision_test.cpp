#include "release/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/base64url.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"
#include "release/pinned_keys.h"
#include "tests/identity/token_maker.h"

namespace hsm::release {
namespace {

namespace json = boost::json;
using identity::testing::jwk;
using identity::testing::jwks;
using identity::testing::kNow;
using identity::testing::rsa_key;
using identity::testing::signed_token;
using identity::testing::with;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kAuthority = "https://attest.example/";
constexpr const char* kSentence = "Target environment attestation statement cannot be verified. ";

json::object encryption_jwk(EVP_PKEY* key = rsa_key(1)) {
  json::object out = jwk(key, "tee-key");
  out.erase("alg");
  out["use"] = "enc";
  return out;
}

json::object good_claims() {
  const std::int64_t now = unix_seconds(kNow);
  return {{"iss", kAuthority},
          {"iat", now},
          {"exp", now + 3600},
          {"sdk-test", true},
          {"x-ms-runtime", {{"keys", json::array{encryption_jwk()}}}}};
}
json::object with_key(json::object key) {
  return with(good_claims(), "x-ms-runtime", json::object{{"keys", json::array{std::move(key)}}});
}
json::object with_member(json::object object, std::string_view name, json::value value) {
  object[name] = std::move(value);
  return object;
}
json::object without_member(json::object object, std::string_view name) {
  object.erase(name);
  return object;
}

class Decision : public testing::Test {
 protected:
  Decision() {
    EXPECT_TRUE(authorities_.add("https://attest.example", jwks({jwk(rsa_key(), "k1")})));
    EXPECT_TRUE(authorities_.add("https://other.example", jwks({jwk(rsa_key(2), "k1")})));
  }
  Result<EncryptionKey> decide_on(const json::object& claims) { return decide_on(signed_token(claims)); }
  Result<EncryptionKey> decide_on(const std::string& token) { return decide(policy_, token, authorities_, kNow); }

  Policy policy_ = Policy::parse(R"({"version":"1.0.0","anyOf":[
      {"authority":"https://attest.example","allOf":[{"claim":"sdk-test","equals":"true"}]},
      {"authority":"https://unknown.example","allOf":[{"claim":"sdk-test","equals":"true"}]}]})")
                       .value();
  PinnedKeys authorities_;
};

TEST_F(Decision, GivesTheKeyThatTheTokenNames) {
  const auto key = decide_on(good_claims()).value();
  EXPECT_EQ(key.id, "tee-key");
  EXPECT_EQ(key.key, crypto::public_members(rsa_key(1)).value());
}

TEST_F(Decision, NothingIsReleasedWithout) {
  const std::int64_t now = unix_seconds(kNow);
  const struct {
    const char* name;
    json::object claims;
    const char* why;
  } cases[] = {
      {"a claim", with(good_claims(), "sdk-test", nullptr), "does not fulfil"},
      {"its value", with(good_claims(), "sdk-test", false), "does not fulfil"},
      {"an authority of the policy", with(good_claims(), "iss", "https://other.example/"), "does not name its issuer"},
      {"a configured authority", with(good_claims(), "iss", "https://unknown.example/"), "no attestation authority"},
      {"an expiry", with(good_claims(), "exp", nullptr), "exp is missing"},
      {"time left", with(good_claims(), "exp", now - 61), "expired"},
      {"having begun", with(good_claims(), "nbf", now + 61), "not valid yet"},
      {"having been issued", with(good_claims(), "iat", now + 61), "future"},
      {"a key", with(good_claims(), "x-ms-runtime", nullptr), "x-ms-runtime.keys"},
      {"a list of keys", with(good_claims(), "x-ms-runtime", json::object{{"keys", 1}}), "x-ms-runtime.keys"},
      {"a key for encryption", with_key(without_member(encryption_jwk(), "use")), "no RSA key for encryption"},
      {"another use", with_key(with_member(encryption_jwk(), "use", "sig")), "no RSA key for encryption"},
      {"a kid", with_key(without_member(encryption_jwk(), "kid")), "no kid"},
      {"a modulus", with_key(with_member(encryption_jwk(), "n", "AQAB")), "can't be used"},
  };
  for (const auto& test : cases) {
    const auto refused = decide_on(test.claims);
    ASSERT_FALSE(refused) << test.name;
    EXPECT_EQ(refused.error().code, Errc::kForbidden) << test.name;
    EXPECT_THAT(refused.error().message, StartsWith(kSentence)) << test.name;
    EXPECT_THAT(refused.error().message, HasSubstr(test.why)) << test.name;
  }
}

TEST_F(Decision, TimesHaveALeeway) {
  const std::int64_t now = unix_seconds(kNow);
  EXPECT_TRUE(decide_on(with(good_claims(), "exp", now - 59)));
  EXPECT_TRUE(decide_on(with(good_claims(), "nbf", now + 59)));
}

TEST_F(Decision, OnlyTheAuthoritysOwnKeyCounts) {
  EXPECT_EQ(decide_on(signed_token(good_claims(), rsa_key(2))).error().code, Errc::kForbidden);  // of another authority
  EXPECT_EQ(decide_on(signed_token(good_claims(), rsa_key(), "k2")).error().code, Errc::kForbidden);
  std::string changed = signed_token(good_claims());
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(decide_on(changed));
}

TEST_F(Decision, WhatIsNoTokenIsTheRequestsFault) {
  for (const char* text : {"", "token", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30."}) {
    EXPECT_EQ(decide_on(std::string(text)).error().code, Errc::kBadParameter) << text;
  }
  EXPECT_EQ(decide_on(with(good_claims(), "iss", nullptr)).error().code, Errc::kBadParameter);
  EXPECT_EQ(decide_on(std::string(core::kAttestationTokenBytesMax + 1, 'a')).error().code, Errc::kBadParameter);
}

// reference/byok-release-attestation.md §3.4.7
TEST_F(Decision, TakesTheFirstRsaKeyForEncryptionInAnyOfItsForms) {
  json::object by_operations = without_member(encryption_jwk(), "use");
  by_operations["key_ops"] = json::array{"encrypt"};
  json::object by_key_use = without_member(encryption_jwk(), "use");
  by_key_use["key_use"] = "enc";
  for (const json::object& key : {by_operations, by_key_use}) EXPECT_EQ(decide_on(with_key(key)).value().id, "tee-key");
  const json::array several{"text", json::object{{"kty", "EC"}, {"use", "enc"}}, jwk(rsa_key(2), "for signatures"),
                            encryption_jwk(), jwk(rsa_key(2), "later")};
  EXPECT_EQ(decide_on(with(good_claims(), "x-ms-runtime", json::object{{"keys", several}})).value().id, "tee-key");
}

TEST_F(Decision, OneAuthorityOfSeveralEntriesIsEnough) {
  policy_ = Policy::parse(R"({"version":"1.0.0","anyOf":[
      {"authority":"https://attest.example","allOf":[{"claim":"a","equals":1}]},
      {"authority":"https://ATTEST.example/","anyOf":[{"claim":"a","equals":1},{"claim":"sdk-test","equals":true}]}]})")
                .value();
  EXPECT_TRUE(decide_on(good_claims()));
}

TEST_F(Decision, WithoutAPolicyEveryEnvironmentOfAKnownAuthorityIsAttested) {
  const auto attested_by = [this](const std::string& token) { return attested(token, authorities_, kNow); };
  EXPECT_EQ(attested_by(signed_token(without_member(good_claims(), "sdk-test"))).value().id, "tee-key");
  EXPECT_TRUE(attested_by(signed_token(with(good_claims(), "iss", "https://other.example"), rsa_key(2))));
  for (const std::string& token :
       {signed_token(with(good_claims(), "iss", "https://unknown.example")), signed_token(good_claims(), rsa_key(2)),
        signed_token(with(good_claims(), "exp", unix_seconds(kNow) - 61)),
        signed_token(without_member(good_claims(), "x-ms-runtime"))}) {
    EXPECT_EQ(attested_by(token).error().code, Errc::kForbidden);
  }
  EXPECT_EQ(attested_by("token").error().code, Errc::kBadParameter);
}

TEST_F(Decision, AnIssuerThatTheCallerTrustsIsTheTokens) {
  const std::string token = signed_token(good_claims());
  EXPECT_TRUE(check_issuer(token, ""));
  EXPECT_TRUE(check_issuer(token, "https://ATTEST.example"));
  EXPECT_EQ(check_issuer(token, "https://other.example").error().code, Errc::kForbidden);
  EXPECT_EQ(check_issuer("token", "https://attest.example").error().code, Errc::kBadParameter);
}

// Keys that can't be had are no verdict on the token.
TEST_F(Decision, WithoutTheAuthoritysKeysThereIsNone) {
  class Away final : public AuthorityKeys {
   public:
    Result<std::shared_ptr<const jose::JwkSet>> keys_of(std::string_view, std::string_view) override {
      return fail(Errc::kUnavailable);
    }
  } away;
  EXPECT_EQ(decide(policy_, signed_token(good_claims()), away, kNow).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace hsm::release
