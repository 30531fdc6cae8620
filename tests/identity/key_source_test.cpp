#include "identity/key_source.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "identity/token_verifier.h"
#include "tests/identity/token_maker.h"

namespace hsm::identity {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr const char* kDiscoveryUrl = "https://login.example.com/.well-known/openid-configuration";
constexpr const char* kJwksUrl = "https://login.example.com/keys";

// Web answers from a table and counts what it is asked.
class Web final : public HttpsGet {
 public:
  Result<std::string> get(const std::string& url) override {
    ++asked;
    if (down || !pages.contains(url)) return fail(Errc::kUnavailable, "GET " + url);
    return pages[url];
  }
  std::map<std::string, std::string> pages;
  bool down = false;
  int asked = 0;
};

std::string configuration(const std::string& issuer) {
  return R"({"issuer":")" + issuer + R"(","jwks_uri":")" + kJwksUrl + R"("})";
}

class DiscoveredKeys : public ::testing::Test {
 protected:
  DiscoveredKeys() {
    web->pages[kDiscoveryUrl] = configuration(kIssuer);
    web->pages[kJwksUrl] = jwks({jwk(rsa_key(0), "k1")});
  }
  std::shared_ptr<Web> web = std::make_shared<Web>();
  std::shared_ptr<KeySource> source = discovered_keys(
      {.discovery_url = kDiscoveryUrl, .jwks_url = {}, .issuers = {kIssuer}, .refresh_after = 12h, .retry_after = 30s},
      web);
  TokenVerifier verifier{{.issuers = {{.issuers = {kIssuer},
                                       .keys = source,
                                       .algorithms = {core::Algorithm::kRs256},
                                       .claims = {},
                                       .fixed_tenant = {},
                                       .derive_principal = false}},
                          .audiences = {kAudience},
                          .tenant = kTenant,
                          .clock_skew = 60s}};
  std::string old_token = signed_token(good_claims());
  std::string new_token = signed_token(good_claims(), rsa_key(1), "k2");

  Errc error_of(const Result<CallerPtr>& result) { return result ? Errc::kCount_ : result.error().code; }
};

TEST_F(DiscoveredKeys, AreFetchedAtFirstUseByWhoMayBlock) {
  EXPECT_EQ(error_of(verifier.verify(old_token, kNow)), Errc::kUnavailable);
  EXPECT_EQ(web->asked, 0) << "verify must never block";
  EXPECT_TRUE(verifier.verify_blocking(old_token, kNow));
  EXPECT_TRUE(verifier.verify(old_token, kNow));
  EXPECT_EQ(web->asked, 2) << "configuration and keys, once";
}

TEST_F(DiscoveredKeys, AreFetchedAnewForAnUnknownKeyOncePerPause) {
  ASSERT_TRUE(verifier.verify_blocking(old_token, kNow));
  const int before = web->asked;
  EXPECT_EQ(error_of(verifier.verify_blocking(new_token, kNow + 1s)), Errc::kUnauthorized);
  EXPECT_EQ(web->asked, before) << "just fetched: a forged key id must not make us ask again";

  web->pages[kJwksUrl] = jwks({jwk(rsa_key(0), "k1"), jwk(rsa_key(1), "k2")});
  EXPECT_EQ(error_of(verifier.verify(new_token, kNow + 31s)), Errc::kUnavailable) << "to the slow lane";
  EXPECT_EQ(error_of(verifier.verify(new_token, kNow + 31s)), Errc::kUnauthorized) << "one caller goes, not all";
  EXPECT_TRUE(verifier.verify_blocking(new_token, kNow + 31s));
  EXPECT_TRUE(verifier.verify(new_token, kNow + 31s));
  EXPECT_TRUE(verifier.verify(old_token, kNow + 31s));
}

TEST_F(DiscoveredKeys, AKeyTakenAwayIsRefusedAfterTheRefresh) {
  ASSERT_TRUE(verifier.verify_blocking(old_token, kNow));
  web->pages[kJwksUrl] = jwks({jwk(rsa_key(1), "k2")});
  const std::string token = signed_token(with(good_claims(), "exp", unix_seconds(kNow + 24h)));
  EXPECT_TRUE(verifier.verify(token, kNow + 12h - 1s));
  EXPECT_EQ(error_of(verifier.verify(token, kNow + 12h)), Errc::kUnavailable);
  EXPECT_TRUE(verifier.verify(token, kNow + 12h)) << "others go on while one refreshes";
  EXPECT_EQ(error_of(verifier.verify_blocking(token, kNow + 12h)), Errc::kUnauthorized);
  EXPECT_EQ(error_of(verifier.verify(token, kNow + 12h)), Errc::kUnauthorized);
}

TEST_F(DiscoveredKeys, SurviveAnOutageOfTheIssuer) {
  ASSERT_TRUE(verifier.verify_blocking(old_token, kNow));
  web->down = true;
  const std::string token = signed_token(with(good_claims(), "exp", unix_seconds(kNow + 100h)));
  EXPECT_TRUE(verifier.verify_blocking(token, kNow + 50h));
  EXPECT_TRUE(verifier.verify(token, kNow + 50h + 1s));
  const int before = web->asked;
  EXPECT_TRUE(verifier.verify_blocking(token, kNow + 50h + 2s));
  EXPECT_EQ(web->asked, before) << "attempts are spaced";
}

TEST_F(DiscoveredKeys, AreTriedAgainSoonWhileThereAreNone) {
  web->down = true;
  EXPECT_EQ(error_of(verifier.verify_blocking(old_token, kNow)), Errc::kUnavailable);
  web->down = false;
  EXPECT_EQ(error_of(verifier.verify_blocking(old_token, kNow + 4s)), Errc::kUnavailable);
  EXPECT_TRUE(verifier.verify_blocking(old_token, kNow + 5s));
}

TEST_F(DiscoveredKeys, AConfigurationOfAnotherIssuerIsRefused) {
  web->pages[kDiscoveryUrl] = configuration("https://evil.example.com");
  EXPECT_EQ(error_of(verifier.verify_blocking(old_token, kNow)), Errc::kUnavailable);
}

TEST_F(DiscoveredKeys, BrokenDocumentsLeaveTheOldKeys) {
  ASSERT_TRUE(verifier.verify_blocking(old_token, kNow));
  TimePoint now = kNow + 13h;
  const std::string token = signed_token(with(good_claims(), "exp", unix_seconds(kNow + 100h)));
  for (const char* const broken :
       {"", "[]", "{", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[{"kty":"oct"}]})"}) {
    web->pages[kJwksUrl] = broken;
    EXPECT_TRUE(verifier.verify_blocking(token, now)) << broken;
    now += 1min;
  }
}

TEST_F(DiscoveredKeys, GenerationGrowsWithEachFetch) {
  const auto before = verifier.generation();
  ASSERT_TRUE(verifier.verify_blocking(old_token, kNow));
  EXPECT_GT(verifier.generation(), before);
}

TEST(PinnedKeys, MustHoldAUsableKey) {
  EXPECT_TRUE(pinned_keys(jwks({jwk(rsa_key(), "k1")})));
  for (const char* const broken : {"", "null", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AAAA"}]})"}) {
    EXPECT_FALSE(pinned_keys(broken)) << broken;
  }
}

TEST(PinnedKeys, AreReadFromAFile) {
  const std::string path = ::testing::TempDir() + "/pinned_keys_test.json";
  std::ofstream(path) << jwks({jwk(rsa_key(), "k1")});
  const auto source = pinned_keys_file(path);
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->keys()->find("k1").size(), 1U);
  EXPECT_FALSE(pinned_keys_file(path + ".absent"));
}

}  // namespace
}  // namespace hsm::identity
