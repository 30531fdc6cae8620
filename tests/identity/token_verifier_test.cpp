#include "identity/token_verifier.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <functional>

#include "base/base64url.h"
#include "crypto/hmac.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"
#include "identity/principal_id.h"
#include "tests/identity/token_maker.h"

namespace hsm::identity {
namespace {

using namespace testing;
using namespace std::chrono_literals;
namespace json = boost::json;

constexpr const char* kMalformed = "Error decoding or parsing JWT components";

TrustedIssuer trusted() {
  TrustedIssuer issuer;
  issuer.issuers = {kIssuer};
  issuer.keys = pinned_keys(jwks({jwk(rsa_key(), "k1"), jwk(ec_key(), "e1")})).value();
  return issuer;
}

TokenVerifier verifier_of(TrustedIssuer issuer, std::chrono::seconds skew = 60s) {
  return TokenVerifier({.issuers = {std::move(issuer)},
                        .audiences = {kAudience, std::string(kManagedHsmAudience)},
                        .tenant = kTenant,
                        .clock_skew = skew});
}

std::string error_of(const TokenVerifier& verifier, const std::string& jwt, TimePoint now = kNow) {
  const auto caller = verifier.verify(jwt, now);
  if (caller) return "accepted";
  EXPECT_EQ(caller.error().code, Errc::kUnauthorized);
  return caller.error().message;
}

TEST(TokenVerifier, AcceptsAGoodTokenAndReadsTheCaller) {
  json::object claims = with(good_claims(), "groups", json::array{"AAAAAAAA-0000-0000-0000-000000000001", "no-guid"});
  claims["upn"] = "alice@example.com";
  const auto caller = verifier_of(trusted()).verify(signed_token(claims), kNow);
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ((*caller)->object_id, kObjectId);
  EXPECT_EQ((*caller)->groups, std::vector<std::string>{"aaaaaaaa-0000-0000-0000-000000000001"});
  EXPECT_EQ((*caller)->application_id, "cccccccc-0000-0000-0000-000000000001");
  EXPECT_EQ((*caller)->tenant_id, kTenant);
  EXPECT_EQ((*caller)->display_name, "alice@example.com");
  EXPECT_EQ((*caller)->expires, kNow + 3600s);
}

struct Defect {
  const char* name;
  std::function<std::string()> token;
  std::string message;
};

json::value seconds(std::chrono::seconds from_now) {
  return unix_seconds(kNow + from_now);
}

std::string hs256_with_public_key() {
  const std::string input = to_base64url(bytes_of(R"({"alg":"HS256","typ":"JWT","kid":"k1"})")) + "." +
                            to_base64url(bytes_of(json::serialize(good_claims())));
  const Bytes public_key = crypto::public_key_to_der(rsa_key());
  return input + "." +
         to_base64url(crypto::hmac(core::Digest::kSha256, SecretBytes::copy(public_key), bytes_of(input)));
}

std::string with_broken_signature() {
  std::string jwt = signed_token(good_claims());
  char& c = jwt[jwt.size() - 20];
  c = c == 'A' ? 'B' : 'A';
  return jwt;
}

std::string with_other_payload() {
  const std::string good = signed_token(good_claims());
  const std::size_t first = good.find('.');
  const std::size_t second = good.find('.', first + 1);
  const json::object other = with(good_claims(), "oid", "aaaaaaaa-bbbb-cccc-dddd-ffffffffffff");
  return good.substr(0, first + 1) + to_base64url(bytes_of(json::serialize(other))) + good.substr(second);
}

const std::vector<Defect>& defects() {
  static const std::vector<Defect> table = {
      {"empty", [] { return ""; }, kMalformed},
      {"no JWT", [] { return "abc"; }, kMalformed},
      {"two parts", [] { return "e30.e30"; }, kMalformed},
      {"four parts", [] { return signed_token(good_claims()) + ".e30"; }, kMalformed},
      {"padding", [] { return signed_token(good_claims()) + "="; }, kMalformed},
      {"header is no object", [] { return raw_token("[]", "{}", "x"); }, kMalformed},
      {"payload is no JSON", [] { return raw_token(R"({"alg":"RS256","kid":"k1"})", "hello", "x"); }, kMalformed},
      {"claim twice", [] { return raw_token(R"({"alg":"RS256","kid":"k1"})", R"({"oid":"a","oid":"b"})", "x"); },
       kMalformed},
      {"too large", [] { return std::string(kTokenBytesMax + 1, 'a'); }, kMalformed},
      {"alg none", [] { return raw_token(R"({"alg":"none"})", json::serialize(good_claims()), ""); }, kMalformed},
      {"alg None", [] { return raw_token(R"({"alg":"None","kid":"k1"})", json::serialize(good_claims()), "x"); },
       kMalformed},
      {"no alg", [] { return raw_token(R"({"kid":"k1"})", json::serialize(good_claims()), "x"); }, kMalformed},
      {"crit", [] { return raw_token(R"({"alg":"RS256","kid":"k1","crit":["b64"]})", "{}", "x"); }, kMalformed},
      {"HS256 with the public key", hs256_with_public_key, kMalformed},
      {"another algorithm", [] { return signed_token(good_claims(), rsa_key(), "k1", core::Algorithm::kPs256); },
       "The algorithm of the token is not accepted"},
      {"EC where RSA is configured",
       [] { return signed_token(good_claims(), ec_key(), "e1", core::Algorithm::kEs256); },
       "The algorithm of the token is not accepted"},
      {"RS256 under an EC key's id", [] { return signed_token(good_claims(), rsa_key(), "e1"); },
       "The signature of the token is not valid"},
      {"unknown kid", [] { return signed_token(good_claims(), rsa_key(), "k2"); },
       "The signing key of the token is not known"},
      {"no kid", [] { return signed_token(good_claims(), rsa_key(), ""); },
       "The signing key of the token is not known"},
      {"someone else's key", [] { return signed_token(good_claims(), rsa_key(1)); },
       "The signature of the token is not valid"},
      {"broken signature", with_broken_signature, "The signature of the token is not valid"},
      {"other payload", with_other_payload, "The signature of the token is not valid"},
      {"foreign issuer", [] { return signed_token(with(good_claims(), "iss", "https://evil.example.com")); },
       "Found token with untrusted iss=https://evil.example.com"},
      {"issuer with a slash more",
       [] { return signed_token(with(good_claims(), "iss", json::string(std::string(kIssuer) + "/"))); },
       std::string("Found token with untrusted iss=") + kIssuer + "/"},
      {"no issuer", [] { return signed_token(with(good_claims(), "iss", nullptr)); },
       "Found token with untrusted iss="},
      {"wrong audience", [] { return signed_token(with(good_claims(), "aud", "https://vault.azure.net")); },
       "Found token with aud=https://vault.azure.net, but expected aud=https://managedhsm.example.com"},
      {"no audience", [] { return signed_token(with(good_claims(), "aud", nullptr)); },
       "Found token with aud=, but expected aud=https://managedhsm.example.com"},
      {"wrong tenant", [] { return signed_token(with(good_claims(), "tid", "11111111-2222-3333-4444-666666666666")); },
       "Found token with tid=11111111-2222-3333-4444-666666666666, but expected "
       "tid=11111111-2222-3333-4444-555555555555"},
      {"no tenant", [] { return signed_token(with(good_claims(), "tid", nullptr)); },
       "Found token with tid=, but expected tid=11111111-2222-3333-4444-555555555555"},
      {"expired", [] { return signed_token(with(good_claims(), "exp", seconds(-60s))); }, "Token expired"},
      {"no expiry", [] { return signed_token(with(good_claims(), "exp", nullptr)); }, "The token has no expiry"},
      {"expiry is text", [] { return signed_token(with(good_claims(), "exp", "2099-01-01")); },
       "exp of the token is not a time"},
      {"expiry is negative", [] { return signed_token(with(good_claims(), "exp", -1)); },
       "exp of the token is not a time"},
      {"expiry is beyond all years", [] { return signed_token(with(good_claims(), "exp", 1e300)); },
       "exp of the token is not a time"},
      {"not yet valid", [] { return signed_token(with(good_claims(), "nbf", seconds(61s))); }, "Token not yet valid"},
      {"issued in the future", [] { return signed_token(with(good_claims(), "iat", seconds(61s))); },
       "Token not yet valid"},
      {"no principal", [] { return signed_token(with(good_claims(), "oid", nullptr)); },
       "The token names no principal"},
      {"principal is no GUID", [] { return signed_token(with(good_claims(), "oid", "alice")); },
       "The token names no principal"},
      {"principal is a list", [] { return signed_token(with(good_claims(), "oid", json::array{kObjectId})); },
       "The token names no principal"},
  };
  return table;
}

TEST(TokenVerifier, RefusesEachDefectWithItsMessage) {
  const TokenVerifier verifier = verifier_of(trusted());
  for (const Defect& defect : defects()) EXPECT_EQ(error_of(verifier, defect.token()), defect.message) << defect.name;
}

TEST(TokenVerifier, QuotesHostileValuesWithABound) {
  const auto error =
      error_of(verifier_of(trusted()), signed_token(with(good_claims(), "aud", json::string(9000, 'x'))));
  EXPECT_LT(error.size(), 400U);
}

TEST(TokenVerifier, AcceptsEachSpellingOfTheAudience) {
  const TokenVerifier verifier = verifier_of(trusted());
  for (const json::value& audience :
       {json::value("https://managedhsm.azure.net"), json::value("https://managedhsm.azure.net/"),
        json::value("https://managedhsm.example.com:8443"), json::value("https://managedhsm.example.com/"),
        json::value(json::array{"https://other.example.com", kAudience})}) {
    EXPECT_EQ(error_of(verifier, signed_token(with(good_claims(), "aud", audience))), "accepted") << audience;
  }
}

TEST(TokenVerifier, ExpiresExactlyAtExpiryPlusSkew) {
  const TokenVerifier verifier = verifier_of(trusted(), 60s);
  const std::string jwt = signed_token(good_claims());  // exp = kNow + 3600
  EXPECT_EQ(error_of(verifier, jwt, kNow + 3660s - 1us), "accepted");
  EXPECT_EQ(error_of(verifier, jwt, kNow + 3660s), "Token expired");
}

TEST(TokenVerifier, StartsExactlyAtNotBeforeMinusSkew) {
  const TokenVerifier verifier = verifier_of(trusted(), 60s);
  const std::string jwt = signed_token(with(with(good_claims(), "nbf", seconds(0s)), "iat", seconds(0s)));
  EXPECT_EQ(error_of(verifier, jwt, kNow - 60s), "accepted");
  EXPECT_EQ(error_of(verifier, jwt, kNow - 60s - 1us), "Token not yet valid");
}

TEST(TokenVerifier, NeverAllowsMoreThanFiveMinutesOfSkew) {
  const TokenVerifier verifier = verifier_of(trusted(), 24h);
  EXPECT_EQ(error_of(verifier, signed_token(good_claims()), kNow + 3600s + 300s), "Token expired");
}

TEST(TokenVerifier, TimesMayBeFractionsOfSeconds) {
  json::object claims = with(good_claims(), "exp", static_cast<double>(unix_seconds(kNow)) + 0.5);
  claims["nbf"] = static_cast<double>(unix_seconds(kNow)) - 0.25;
  claims["iat"] = nullptr;
  claims.erase("iat");
  const TokenVerifier verifier = verifier_of(trusted(), 0s);
  EXPECT_EQ(error_of(verifier, signed_token(claims), kNow + 499ms), "accepted");
  EXPECT_EQ(error_of(verifier, signed_token(claims), kNow + 500ms), "Token expired");
}

TEST(TokenVerifier, AcceptsEcdsaWhereConfigured) {
  TrustedIssuer issuer = trusted();
  issuer.algorithms = {core::Algorithm::kEs256};
  const std::string es256 = signed_token(good_claims(), ec_key(), "e1", core::Algorithm::kEs256);
  EXPECT_EQ(error_of(verifier_of(issuer), es256), "accepted");
  EXPECT_EQ(error_of(verifier_of(issuer), signed_token(good_claims())), "The algorithm of the token is not accepted");
}

// Two issuers: a key of one must not speak for the other.
TEST(TokenVerifier, AKeySignsForItsIssuerOnly) {
  TrustedIssuer other;
  other.issuers = {"https://other.example.com"};
  other.keys = pinned_keys(jwks({jwk(rsa_key(1), "o1")})).value();
  const TokenVerifier verifier({.issuers = {trusted(), other}, .audiences = {kAudience}, .tenant = kTenant});
  const json::object of_other = with(good_claims(), "iss", "https://other.example.com");
  EXPECT_EQ(error_of(verifier, signed_token(of_other, rsa_key(1), "o1")), "accepted");
  EXPECT_EQ(error_of(verifier, signed_token(of_other, rsa_key(0), "k1")), "The signing key of the token is not known");
  EXPECT_EQ(error_of(verifier, signed_token(good_claims(), rsa_key(1), "o1")),
            "The signing key of the token is not known");
}

TEST(TokenVerifier, OverageOfGroupsMeansNoGroups) {
  json::object claims = good_claims();
  claims["_claim_names"] = json::object{{"groups", "src1"}};
  claims["hasgroups"] = true;
  EXPECT_TRUE(verifier_of(trusted()).verify(signed_token(claims), kNow).value()->groups.empty());
}

TEST(TokenVerifier, ReadsTheClaimsOfAnotherProvider) {
  TrustedIssuer issuer = trusted();
  issuer.fixed_tenant = kTenant;
  issuer.claims = {.principal = {"sub"}, .groups = {"roles"}, .client = {"azp"}, .display = {"email"}};
  issuer.derive_principal = true;
  json::object claims = with(with(good_claims(), "tid", nullptr), "oid", nullptr);
  claims["sub"] = "alice";
  claims["roles"] = json::array{"admins"};
  claims["azp"] = "cli";
  claims["email"] = "alice@example.com";
  const auto caller = verifier_of(issuer).verify(signed_token(claims), kNow).value();
  EXPECT_EQ(caller->object_id, derived_principal_id(kIssuer, PrincipalKind::kSubject, "alice"));
  EXPECT_EQ(caller->groups, std::vector{derived_principal_id(kIssuer, PrincipalKind::kGroup, "admins")});
  EXPECT_EQ(caller->application_id, "cli");
  EXPECT_EQ(caller->display_name, "alice@example.com");
  EXPECT_EQ(caller->tenant_id, kTenant);
}

// A provider that lets its users choose their subject must not let them become a principal of someone else's.
TEST(TokenVerifier, ADerivedPrincipalIsNeverTheGuidItself) {
  TrustedIssuer issuer = trusted();
  issuer.derive_principal = true;
  EXPECT_NE(verifier_of(issuer).verify(signed_token(good_claims()), kNow).value()->object_id, kObjectId);
}

TEST(TokenVerifier, AFixedTenantMustBeTheOnesTenant) {
  TrustedIssuer issuer = trusted();
  issuer.fixed_tenant = "11111111-2222-3333-4444-666666666666";
  EXPECT_TRUE(error_of(verifier_of(issuer), signed_token(good_claims())).starts_with("Found token with tid="));
}

}  // namespace
}  // namespace hsm::identity
