#include "identity/token_cache.h"

#include <gtest/gtest.h>

#include "tests/identity/token_maker.h"

namespace hsm::identity {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class CachedTokens : public ::testing::Test {
 protected:
  TokenVerifier verifier{{.issuers = {{.issuers = {kIssuer},
                                       .keys = pinned_keys(jwks({jwk(rsa_key(), "k1")})).value(),
                                       .algorithms = {core::Algorithm::kRs256},
                                       .claims = {},
                                       .fixed_tenant = {},
                                       .derive_principal = false}},
                          .audiences = {kAudience},
                          .tenant = kTenant,
                          .clock_skew = 60s}};
  TokenCache cache{verifier, 8};
  std::string token = signed_token(good_claims());
};

// A hit is told from a new verification by the object: only a hit returns the same one.
TEST_F(CachedTokens, AKnownTokenIsNotVerifiedAgain) {
  const auto first = cache.verify(token, kNow).value();
  EXPECT_EQ(cache.verify(token, kNow + 1s).value(), first);
}

TEST_F(CachedTokens, AHitChecksExpiryAgain) {
  ASSERT_TRUE(cache.verify(token, kNow));
  EXPECT_TRUE(cache.verify(token, kNow + 3660s - 1us));
  const auto late = cache.verify(token, kNow + 3660s);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message, "Token expired");
}

TEST_F(CachedTokens, AHitChecksRevocationAgain) {
  const auto first = cache.verify(token, kNow).value();
  verifier.forget_all();
  EXPECT_NE(cache.verify(token, kNow).value(), first);
}

TEST_F(CachedTokens, OneBitMakesAnotherToken) {
  ASSERT_TRUE(cache.verify(token, kNow));
  std::string forged = token;
  forged[forged.size() - 20] = forged[forged.size() - 20] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(cache.verify(forged, kNow));
  EXPECT_FALSE(cache.verify(token.substr(0, token.size() - 1), kNow));
}

TEST_F(CachedTokens, RefusedTokensTakeNoPlace) {
  const auto first = cache.verify(token, kNow).value();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(cache.verify("forged" + std::to_string(i), kNow));
  EXPECT_EQ(cache.verify(token, kNow).value(), first);
}

TEST_F(CachedTokens, HaveABoundAndKeepWhatIsUsed) {
  const auto first = cache.verify(token, kNow).value();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(cache.verify(signed_token(with(good_claims(), "uti", i)), kNow));
    ASSERT_EQ(cache.verify(token, kNow).value(), first) << "used all the time, yet dropped";
  }
  EXPECT_EQ(cache.capacity(), 8U);
}

// The signature alone makes no token: who has seen one must not be able to put other claims before it.
TEST_F(CachedTokens, AKnownSignatureUnderOtherClaimsIsNoKnownToken) {
  ASSERT_TRUE(cache.verify(token, kNow));
  const std::string other = signed_token(with(good_claims(), "oid", "someone else"));
  EXPECT_FALSE(cache.verify(other.substr(0, other.rfind('.')) + token.substr(token.rfind('.')), kNow));
}

TEST_F(CachedTokens, HugeTokensAreRefused) {
  EXPECT_FALSE(cache.verify(std::string(kTokenBytesMax + 1, 'a'), kNow));
}

}  // namespace
}  // namespace hsm::identity
