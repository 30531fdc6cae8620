#include "identity/token_service.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <filesystem>

#include "base/base64url.h"
#include "crypto/certificate_issuing.h"
#include "crypto/jose/jwt.h"
#include "crypto/public_key.h"
#include "identity/client_assertion.h"
#include "identity/token_verifier.h"
#include "tests/identity/token_maker.h"

namespace hsm::identity {
namespace {

using namespace testing;
using namespace std::chrono_literals;
namespace json = boost::json;
using core::Algorithm;

constexpr const char* kClient = "cccccccc-0000-0000-0000-000000000001";
constexpr const char* kSecret = "s3cret~value with spaces&=+";
constexpr const char* kScope = "https://managedhsm.example.com/.default";
constexpr const char* kKubernetes = "https://kubernetes.default.svc";
constexpr const char* kServiceAccount = "system:serviceaccount:apps:web";
constexpr const char* kTokenEndpoint =
    "https://login.example.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token";

const crypto::Certificate& certificate() {
  static SystemRandom random;
  static const crypto::Certificate made = crypto::make_self_signed({.kind = crypto::CertificateKind::kServer,
                                                                    .common_name = "client",
                                                                    .dns_names = {},
                                                                    .ip_addresses = {},
                                                                    .not_before = kNow - 24h,
                                                                    .not_after = kNow + 24h},
                                                                   rsa_key(2), random)
                                              .value();
  return made;
}

class Service : public ::testing::Test {
 protected:
  // One key for all tests: making it takes long.
  static std::string key_file() {
    return ::testing::TempDir() + "/token_service_test." + std::to_string(::getpid()) + ".pem";
  }
  static void TearDownTestSuite() { std::filesystem::remove(key_file()); }
  Service() {
    config.tenant = kTenant;
    config.tenant_domains = {"example.com"};
    config.hosts = {"login.example.com", "login.localhost"};
    config.issuer_base = "https://login.example.com";
    config.resources = {"https://managedhsm.example.com", "https://management.example.com/"};
    config.key_file = key_file();
    RegisteredClient client;
    client.client_id = kClient;
    client.object_id = kObjectId;
    client.groups = {"aaaaaaaa-0000-0000-0000-000000000001"};
    client.secrets.push_back({.hash = SecretHash(bytes_of(kSecret), random), .expires = {}});
    client.secrets.push_back({.hash = SecretHash(bytes_of("rolled"), random), .expires = kNow});
    client.certificates.push_back(ClientCertificate::from_pem(certificate().pem()).value());
    FederatedCredential federated;
    federated.issuer = kKubernetes;
    federated.subject = kServiceAccount;
    federated.keys = pinned_keys(jwks({jwk(rsa_key(1), "cluster")})).value();
    client.federated.push_back(std::move(federated));
    config.clients.push_back(std::move(client));
    config.managed_identities.push_back({.client_id = "dddddddd-0000-0000-0000-000000000001",
                                         .object_id = "dddddddd-0000-0000-0000-000000000002",
                                         .resource_id = "/subscriptions/s/id1",
                                         .groups = {}});
  }

  TokenService& service() {
    if (!service_) service_ = TokenService::create(config, random).value();
    return *service_;
  }
  TokenRequest secret_request() {
    return {.grant_type = "client_credentials",
            .client_id = kClient,
            .client_secret = bytes_of(kSecret),
            .client_assertion_type = {},
            .client_assertion = {},
            .scope = kScope,
            .resource = {}};
  }
  // The refusal of a request, kCount_ if it got a token.
  Refusal refusal_of(const TokenRequest& request, TimePoint now = kNow) {
    const auto issued = service().issue(request, now);
    return issued ? Refusal::kCount_ : issued.error().refusal;
  }
  Refusal refusal_of_assertion(std::string_view assertion, TimePoint now = kNow) {
    TokenRequest request = secret_request();
    request.client_secret = {};
    request.client_assertion_type = kJwtBearer;
    request.client_assertion = assertion;
    return refusal_of(request, now);
  }

  SystemRandom random;
  TokenServiceConfig config;

 private:
  std::unique_ptr<TokenService> service_;
};

// As MSAL makes them (reference/identity.md §5.3).
struct Assertion {
  Algorithm algorithm = Algorithm::kRs256;
  json::object header{{"typ", "JWT"}};
  json::object claims;
  EVP_PKEY* key = rsa_key(2);

  std::string token() const {
    return jose::sign_jws(algorithm, key, header, bytes_of(json::serialize(claims))).value();
  }
};

Assertion good_assertion() {
  Assertion assertion;
  assertion.header["x5t"] = to_base64url(certificate().sha1_thumbprint());
  assertion.claims = {{"aud", kTokenEndpoint},
                      {"iss", kClient},
                      {"sub", kClient},
                      {"jti", "6f1d"},
                      {"nbf", unix_seconds(kNow)},
                      {"iat", unix_seconds(kNow)},
                      {"exp", unix_seconds(kNow + 10min)}};
  return assertion;
}

TEST_F(Service, ATokenIsWhatTheVerifierAccepts) {
  const auto issued = service().issue(secret_request(), kNow);
  ASSERT_TRUE(issued) << issued.error().text;
  EXPECT_EQ(issued->lifetime, 3599s);
  EXPECT_EQ(issued->expires, kNow + 3599s);
  const TokenVerifier verifier(
      {.issuers = {service().trusted_issuer()}, .audiences = {kAudience}, .tenant = kTenant, .clock_skew = 0s});
  const auto caller = verifier.verify(issued->access_token, kNow);
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ((*caller)->object_id, kObjectId);
  EXPECT_EQ((*caller)->application_id, kClient);
  EXPECT_EQ((*caller)->groups, std::vector<std::string>{"aaaaaaaa-0000-0000-0000-000000000001"});
  EXPECT_EQ((*caller)->expires, issued->expires);
}

// reference/identity.md §3, last paragraph.
TEST_F(Service, ATokenHasTheClaimsOfAV1Token) {
  const auto issued = service().issue(secret_request(), kNow).value();
  const auto jws = jose::parse_jws(issued.access_token).value();
  EXPECT_EQ(jws.header.at("typ"), "JWT");
  EXPECT_EQ(jws.kid, service().signing_key().kid());
  const auto claims = jose::Claims::parse(jws.payload).value();
  EXPECT_EQ(claims.text("aud"), "https://managedhsm.example.com");
  EXPECT_EQ(claims.text("iss"), kIssuer);
  EXPECT_EQ(claims.text("tid"), kTenant);
  EXPECT_EQ(claims.text("oid"), kObjectId);
  EXPECT_EQ(claims.text("sub"), kObjectId);
  EXPECT_EQ(claims.text("appid"), kClient);
  EXPECT_EQ(claims.text("azp"), kClient);
  EXPECT_EQ(claims.text("appidacr"), "1");
  EXPECT_EQ(claims.text("idtyp"), "app");
  EXPECT_EQ(claims.text("ver"), "1.0");
  EXPECT_FALSE(claims.text("uti").empty());
  EXPECT_EQ(claims.object().at("exp").as_int64() - claims.object().at("iat").as_int64(), 3599);
  EXPECT_NE(service().issue(secret_request(), kNow)->access_token, issued.access_token);
}

TEST_F(Service, StripsExactlyTheDefaultSuffixOfAScope) {
  TokenRequest request = secret_request();
  for (const auto& [scope, resource] : std::map<std::string, std::string>{
           {"https://managedhsm.example.com/.default", "https://managedhsm.example.com"},
           {"https://management.example.com//.default", "https://management.example.com/"},  // az
           {"https://managedhsm.example.com:8443/.default", "https://managedhsm.example.com:8443"},
           {"https://managedhsm.example.com/.default openid profile offline_access",
            "https://managedhsm.example.com"}}) {
    request.scope = scope;
    const auto issued = service().issue(request, kNow);
    ASSERT_TRUE(issued) << scope;
    EXPECT_EQ(issued->resource, resource);
  }
  request.scope = {};
  request.resource = "https://management.example.com/";  // v1
  EXPECT_EQ(service().issue(request, kNow)->resource, "https://management.example.com/");
}

TEST_F(Service, RefusesEachBadRequestWithItsCode) {
  struct Case {
    const char* name;
    std::function<void(TokenRequest&)> change;
    Refusal refusal;
  };
  const std::vector<Case> cases = {
      {"no grant", [](TokenRequest& r) { r.grant_type = {}; }, Refusal::kMissingParameter},
      {"password grant", [](TokenRequest& r) { r.grant_type = "password"; }, Refusal::kUnsupportedGrant},
      {"device code", [](TokenRequest& r) { r.grant_type = "urn:ietf:params:oauth:grant-type:device_code"; },
       Refusal::kUnsupportedGrant},
      {"refresh token", [](TokenRequest& r) { r.grant_type = "refresh_token"; }, Refusal::kUnsupportedGrant},
      {"no client", [](TokenRequest& r) { r.client_id = {}; }, Refusal::kMissingParameter},
      {"unknown client", [](TokenRequest& r) { r.client_id = "cccccccc-0000-0000-0000-000000000009"; },
       Refusal::kUnknownClient},
      {"no proof", [](TokenRequest& r) { r.client_secret = {}; }, Refusal::kMissingCredential},
      {"wrong secret", [](TokenRequest& r) { r.client_secret = bytes_of("guess"); }, Refusal::kWrongSecret},
      {"half a secret", [](TokenRequest& r) { r.client_secret = r.client_secret.first(5); }, Refusal::kWrongSecret},
      {"expired secret", [](TokenRequest& r) { r.client_secret = bytes_of("rolled"); }, Refusal::kExpiredSecret},
      {"no scope", [](TokenRequest& r) { r.scope = {}; }, Refusal::kMissingParameter},
      {"scope without .default", [](TokenRequest& r) { r.scope = "https://managedhsm.example.com"; },
       Refusal::kMalformedScope},
      {"two resources", [](TokenRequest& r) { r.scope = "https://managedhsm.example.com/.default https://a/.default"; },
       Refusal::kMalformedScope},
      {"only OpenID scopes", [](TokenRequest& r) { r.scope = "openid profile"; }, Refusal::kMalformedScope},
      {"nothing but the suffix", [](TokenRequest& r) { r.scope = "/.default"; }, Refusal::kMalformedScope},
      {"unknown resource", [](TokenRequest& r) { r.scope = "https://graph.microsoft.com/.default"; },
       Refusal::kUnknownResource},
  };
  for (const Case& bad : cases) {
    TokenRequest request = secret_request();
    bad.change(request);
    EXPECT_EQ(refusal_of(request), bad.refusal) << bad.name;
  }
}

TEST_F(Service, AnErrorNeverNamesTheSecret) {
  TokenRequest request = secret_request();
  request.client_secret = bytes_of("a-guess-to-look-for");
  EXPECT_EQ(service().issue(request, kNow).error().text.find("a-guess-to-look-for"), std::string::npos);
}

TEST_F(Service, AClientIdIsComparedWithoutCase) {
  TokenRequest request = secret_request();
  request.client_id = "CCCCCCCC-0000-0000-0000-000000000001";
  EXPECT_EQ(refusal_of(request), Refusal::kCount_);
}

TEST_F(Service, AcceptsAssertionsAsEachClientMakesThem) {
  Assertion az = good_assertion();  // RS256 and a padded SHA-1 thumbprint
  az.header["x5t"] = to_base64url(certificate().sha1_thumbprint()) + "=";
  EXPECT_EQ(refusal_of_assertion(az.token()), Refusal::kCount_);

  Assertion azure_identity = good_assertion();  // PS256 and SHA-256
  azure_identity.algorithm = Algorithm::kPs256;
  azure_identity.header = {{"typ", "JWT"}, {"x5t#S256", to_base64url(certificate().sha256_thumbprint())}};
  EXPECT_EQ(refusal_of_assertion(azure_identity.token()), Refusal::kCount_);

  Assertion with_chain = good_assertion();
  with_chain.header["x5c"] = json::array{to_base64(certificate().der())};
  EXPECT_EQ(refusal_of_assertion(with_chain.token()), Refusal::kCount_);

  Assertion with_float_times = good_assertion();
  with_float_times.claims["exp"] = static_cast<double>(unix_seconds(kNow)) + 600.25;
  with_float_times.claims["iat"] = static_cast<double>(unix_seconds(kNow)) - 0.75;
  EXPECT_EQ(refusal_of_assertion(with_float_times.token()), Refusal::kCount_);
}

TEST_F(Service, AcceptsEachAliasOfItselfAsAudienceOfAnAssertion) {
  for (const char* const audience :
       {kTokenEndpoint, "https://login.example.com/common/oauth2/v2.0/token",
        "https://LOGIN.example.com:8443/adfs/oauth2/token", "https://login.localhost/organizations/oauth2/token",
        "https://login.example.com/11111111-2222-3333-4444-555555555555/v2.0",
        "https://login.example.com/example.com/v2.0", "https://login.example.com/adfs",
        "https://login.example.com/11111111-2222-3333-4444-555555555555/"}) {
    Assertion assertion = good_assertion();
    assertion.claims["aud"] = audience;
    EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kCount_) << audience;
  }
}

TEST_F(Service, RefusesEachBadAssertion) {
  struct Case {
    const char* name;
    std::function<void(Assertion&)> change;
  };
  const std::vector<Case> cases = {
      {"other service", [](Assertion& a) { a.claims["aud"] = "https://login.microsoftonline.com/common/v2.0"; }},
      {"other tenant",
       [](Assertion& a) { a.claims["aud"] = "https://login.example.com/99999999-2222-3333-4444-555555555555/v2.0"; }},
      {"no tenant", [](Assertion& a) { a.claims["aud"] = "https://login.example.com"; }},
      {"other path", [](Assertion& a) { a.claims["aud"] = "https://login.example.com/common/evil"; }},
      {"plain http", [](Assertion& a) { a.claims["aud"] = "http://login.example.com/common/v2.0"; }},
      {"host as user", [](Assertion& a) { a.claims["aud"] = "https://login.example.com@evil.com/common/v2.0"; }},
      {"no audience", [](Assertion& a) { a.claims.erase("aud"); }},
      {"expired", [](Assertion& a) { a.claims["exp"] = unix_seconds(kNow - 301s); }},
      {"no expiry", [](Assertion& a) { a.claims.erase("exp"); }},
      {"for years", [](Assertion& a) { a.claims["exp"] = unix_seconds(kNow + 25h); }},
      {"not yet valid", [](Assertion& a) { a.claims["nbf"] = unix_seconds(kNow + 301s); }},
      {"no thumbprint", [](Assertion& a) { a.header.erase("x5t"); }},
      {"other thumbprint", [](Assertion& a) { a.header["x5t"] = to_base64url(Bytes(20, 1)); }},
      {"empty thumbprint", [](Assertion& a) { a.header["x5t"] = ""; }},
      {"thumbprint is a number", [](Assertion& a) { a.header["x5t"] = 5; }},
      {"someone else's key", [](Assertion& a) { a.key = rsa_key(0); }},
      {"other algorithm", [](Assertion& a) { a.algorithm = Algorithm::kRs512; }},
  };
  for (const Case& bad : cases) {
    Assertion assertion = good_assertion();
    bad.change(assertion);
    EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kBadAssertion) << bad.name;
  }
  EXPECT_EQ(refusal_of_assertion("abc"), Refusal::kBadAssertion);
  EXPECT_EQ(refusal_of_assertion(raw_token(R"({"alg":"none"})", json::serialize(good_assertion().claims), "")),
            Refusal::kBadAssertion);
}

TEST_F(Service, RefusesACertificateOutsideOfItsTime) {
  Assertion assertion = good_assertion();
  const TimePoint late = kNow + 24h;
  assertion.claims["nbf"] = assertion.claims["iat"] = unix_seconds(late);
  assertion.claims["exp"] = unix_seconds(late + 10min);
  EXPECT_EQ(refusal_of_assertion(assertion.token(), late), Refusal::kBadAssertion);
  EXPECT_EQ(refusal_of_assertion(assertion.token(), late - 1us), Refusal::kCount_);
}

TEST_F(Service, RefusesAnotherAssertionType) {
  const std::string assertion = good_assertion().token();
  TokenRequest request = secret_request();
  request.client_assertion = assertion;
  request.client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
  EXPECT_EQ(refusal_of(request), Refusal::kBadAssertion);
}

// MSAL for Python and JavaScript send one assertion with each request until it expires.
TEST_F(Service, AnAssertionMayBeUsedAgain) {
  const std::string assertion = good_assertion().token();
  EXPECT_EQ(refusal_of_assertion(assertion), Refusal::kCount_);
  EXPECT_EQ(refusal_of_assertion(assertion, kNow + 9min), Refusal::kCount_);
}

TEST_F(Service, AnAssertionWorksOnceWhereConfigured) {
  config.assertions_work_once = true;
  Assertion assertion = good_assertion();
  EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kCount_);
  EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kReplayedAssertion);
  assertion.claims["nbf"] = unix_seconds(kNow - 1s);  // signed anew, same jti
  EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kReplayedAssertion);
  assertion.claims["jti"] = "other";
  EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kCount_);
  assertion.claims.erase("jti");
  EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kCount_);
  EXPECT_EQ(refusal_of_assertion(assertion.token()), Refusal::kReplayedAssertion);
}

json::object kubernetes_claims() {
  return {{"iss", kKubernetes},
          {"sub", kServiceAccount},
          {"aud", json::array{"api://AzureADTokenExchange"}},
          {"iat", unix_seconds(kNow)},
          {"exp", unix_seconds(kNow + 1h)}};
}

TEST_F(Service, AFederatedTokenStandsForTheClient) {
  const std::string token = signed_token(kubernetes_claims(), rsa_key(1), "cluster");
  EXPECT_EQ(refusal_of_assertion(token), Refusal::kCount_);
  EXPECT_EQ(refusal_of_assertion(token), Refusal::kCount_) << "it is used until it expires";
}

TEST_F(Service, AFederatedTokenMustMatchIssuerSubjectAndAudience) {
  for (const auto& [name, value] : std::map<std::string, std::string>{{"iss", "https://evil.example.com"},
                                                                      {"sub", "system:serviceaccount:apps:other"},
                                                                      {"aud", "https://other"}}) {
    const json::object claims = with(kubernetes_claims(), name, json::string(value));
    EXPECT_EQ(refusal_of_assertion(signed_token(claims, rsa_key(1), "cluster")), Refusal::kNoFederatedMatch) << name;
  }
  EXPECT_EQ(refusal_of_assertion(signed_token(kubernetes_claims(), rsa_key(0), "cluster")), Refusal::kBadAssertion);
  EXPECT_EQ(refusal_of_assertion(signed_token(kubernetes_claims(), rsa_key(1), "unknown")), Refusal::kBadAssertion);
  const json::object expired = with(kubernetes_claims(), "exp", unix_seconds(kNow - 301s));
  EXPECT_EQ(refusal_of_assertion(signed_token(expired, rsa_key(1), "cluster")), Refusal::kBadAssertion);
}

// A service-account token must not pass for an assertion that the client signed itself, nor the reverse.
TEST_F(Service, AFederatedIssuerCannotClaimToBeTheClient) {
  const json::object claims = with(with(kubernetes_claims(), "iss", kClient), "sub", kClient);
  EXPECT_EQ(refusal_of_assertion(signed_token(claims, rsa_key(1), "cluster")), Refusal::kBadAssertion);
}

TEST_F(Service, AManagedIdentityIsChosenByAnyOfItsNames) {
  for (const ManagedIdentityRequest& request :
       {ManagedIdentityRequest{.resource = kAudience, .client_id = {}, .object_id = {}, .resource_id = {}},
        {.resource = kAudience,
         .client_id = "DDDDDDDD-0000-0000-0000-000000000001",
         .object_id = {},
         .resource_id = {}},
        {.resource = kAudience,
         .client_id = {},
         .object_id = "dddddddd-0000-0000-0000-000000000002",
         .resource_id = {}},
        {.resource = kAudience, .client_id = {}, .object_id = {}, .resource_id = "/subscriptions/s/id1"}}) {
    const auto issued = service().issue(request, kNow);
    ASSERT_TRUE(issued);
    EXPECT_EQ(issued->client_id, "dddddddd-0000-0000-0000-000000000001");
    EXPECT_EQ(issued->lifetime, 86'399s);
    const auto claims = jose::Claims::parse(jose::parse_jws(issued->access_token)->payload).value();
    EXPECT_EQ(claims.text("oid"), "dddddddd-0000-0000-0000-000000000002");
    EXPECT_EQ(claims.text("xms_mirid"), "/subscriptions/s/id1");
  }
}

TEST_F(Service, AnUnknownManagedIdentityOrResourceIsRefused) {
  const auto unknown = service().issue(
      ManagedIdentityRequest{.resource = kAudience, .client_id = kClient, .object_id = {}, .resource_id = {}}, kNow);
  EXPECT_EQ(unknown.error().refusal, Refusal::kUnknownIdentity);
  const auto foreign = service().issue(
      ManagedIdentityRequest{.resource = "https://a", .client_id = {}, .object_id = {}, .resource_id = {}}, kNow);
  EXPECT_EQ(foreign.error().refusal, Refusal::kUnknownResource);
}

TEST_F(Service, KnowsItsTenantAndHostsByEachName) {
  for (const char* const tenant : {kTenant, "COMMON", "organizations", "adfs", "Example.com"}) {
    EXPECT_TRUE(service().knows_tenant(tenant)) << tenant;
  }
  for (const char* const tenant : {"", "consumers", "11111111-2222-3333-4444-555555555556"}) {
    EXPECT_FALSE(service().knows_tenant(tenant)) << tenant;
  }
  for (const char* const host : {"login.example.com", "Login.Example.com:8443", "login.localhost:1"}) {
    EXPECT_TRUE(service().serves(host)) << host;
  }
  for (const char* const host : {"", "example.com", "login.example.com:", "login.example.com:80x", "login.example.com.",
                                 "login.example.com@evil", ":443"}) {
    EXPECT_FALSE(service().serves(host)) << host;
  }
}

TEST_F(Service, RefusesAWrongConfigurationAtStart) {
  const std::vector<std::function<void(TokenServiceConfig&)>> mistakes = {
      [](TokenServiceConfig& c) { c.tenant = "example.com"; },
      [](TokenServiceConfig& c) { c.hosts.clear(); },
      [](TokenServiceConfig& c) { c.resources.clear(); },
      [](TokenServiceConfig& c) { c.issuer_base = "http://login.example.com"; },
      [](TokenServiceConfig& c) { c.issuer_base = "https://login.example.com/"; },
      [](TokenServiceConfig& c) { c.clients[0].object_id = "alice"; },
      [](TokenServiceConfig& c) { c.clients[0].federated[0].keys = nullptr; },
      [](TokenServiceConfig& c) { c.clients.push_back(c.clients[0]); },
      [](TokenServiceConfig& c) { c.managed_identities[0].object_id = ""; },
  };
  for (const auto& mistake : mistakes) {
    TokenServiceConfig wrong = config;
    mistake(wrong);
    const auto service = TokenService::create(wrong, random);
    ASSERT_FALSE(service);
    EXPECT_EQ(service.error().code, Errc::kBadParameter) << service.error().message;
  }
}

TEST(ClientCertificate, MustHaveAnRsaKey) {
  SystemRandom random;
  const auto ec = crypto::make_self_signed({.kind = crypto::CertificateKind::kServer,
                                            .common_name = "client",
                                            .dns_names = {},
                                            .ip_addresses = {},
                                            .not_before = kNow,
                                            .not_after = kNow + 24h},
                                           ec_key(), random)
                      .value();
  EXPECT_FALSE(ClientCertificate::from_pem(ec.pem()));
  EXPECT_FALSE(ClientCertificate::from_pem("no certificate"));
}

}  // namespace
}  // namespace hsm::identity
