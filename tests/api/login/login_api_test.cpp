#include "api/login/login_api.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <filesystem>

#include "api/login/form.h"
#include "api/login/managed_identity_api.h"
#include "base/base64url.h"
#include "base/guid.h"
#include "identity/token_verifier.h"

namespace hsm::api::login {
namespace {

namespace json = boost::json;
using http::Method;

constexpr const char* kTenant = "11111111-2222-3333-4444-555555555555";
constexpr const char* kHost = "login.localhost:8443";
constexpr const char* kClient = "cccccccc-0000-0000-0000-000000000001";
constexpr const char* kIdentityHeader = "local-secret";
constexpr TimePoint kNow = TimePoint(std::chrono::seconds(1'767'225'600));  // 2026-01-01T00:00:00Z

class FixedClock final : public Clock {
 public:
  TimePoint now() const override { return kNow; }
};

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

struct Sent {
  Method method = Method::kGet;
  std::string path;
  std::string query;
  Headers headers;
  std::string body;
};

struct Answer {
  int status = 0;
  std::string head;
  std::string text;
  json::object body;  // empty if it is none
};

Answer answer_of(http::Response response) {
  Answer answer{.status = response.status, .head = response.head, .text = response.body, .body = {}};
  json::error_code error;
  json::value value = json::parse(response.body, error);
  if (!error && value.is_object()) answer.body = value.get_object();
  return answer;
}

http::Request request_of(const Sent& sent) {
  http::Request request;
  request.method = sent.method;
  request.path = sent.path;
  request.query = sent.query;
  request.headers = sent.headers;
  request.body = bytes_of(sent.body);
  return request;
}

class Login : public ::testing::Test {
 protected:
  static std::string key_file() {
    return ::testing::TempDir() + "/login_api_test." + std::to_string(::getpid()) + ".pem";
  }
  static void TearDownTestSuite() { std::filesystem::remove(key_file()); }

  Login() {
    identity::TokenServiceConfig config;
    config.tenant = kTenant;
    config.hosts = {"login.localhost", "login.microsoftonline.com"};
    config.issuer_base = "https://login.localhost";
    config.resources = {"https://managedhsm.localhost", "https://managedhsm.azure.net"};
    config.key_file = key_file();
    identity::RegisteredClient client;
    client.client_id = kClient;
    client.object_id = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    client.secrets.push_back({.hash = identity::SecretHash(bytes_of("s3cret&+"), random), .expires = {}});
    config.clients.push_back(std::move(client));
    config.managed_identities.push_back({.client_id = "dddddddd-0000-0000-0000-000000000001",
                                         .object_id = "dddddddd-0000-0000-0000-000000000002",
                                         .resource_id = {},
                                         .groups = {}});
    service = identity::TokenService::create(std::move(config), random).value();
    ManagedIdentityConfig local;
    local.identity_header = identity::SecretHash(bytes_of(kIdentityHeader), random);
    local.hosts = {"identity.internal"};
    managed = std::make_unique<ManagedIdentityApi>(*service, clock, std::move(local));
  }

  Answer ask(const Sent& sent, std::string_view host = kHost) {
    LoginApi api(*service, clock, random);
    return answer_of(api.handle(request_of(sent), host));
  }
  Answer get(const std::string& path, std::string_view host = kHost) {
    return ask({.method = Method::kGet, .path = path, .query = {}, .headers = {}, .body = {}}, host);
  }
  Answer post(const std::string& path, const std::string& body, Headers headers = {}) {
    headers.emplace_back("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    return ask({.method = Method::kPost, .path = path, .query = {}, .headers = std::move(headers), .body = body});
  }
  Answer ask_local(const std::string& path, const std::string& query, Headers headers) {
    if (std::ranges::find(headers, "Host", [](const auto& h) { return h.first; }) == headers.end()) {
      headers.emplace_back("Host", "127.0.0.1:8081");
    }
    return answer_of(managed->handle(
        request_of({.method = Method::kGet, .path = path, .query = query, .headers = std::move(headers), .body = {}})));
  }

  FixedClock clock;
  SystemRandom random;
  std::unique_ptr<identity::TokenService> service;
  std::unique_ptr<ManagedIdentityApi> managed;
};

const std::string kTokenPath = std::string("/") + kTenant + "/oauth2/v2.0/token";
const std::string kForm = std::string("client_id=") + kClient +
                          "&grant_type=client_credentials&client_info=1&client_secret=s3cret%26%2B"
                          "&scope=https%3A%2F%2Fmanagedhsm.localhost%2F.default"
                          "&claims=%7B%22access_token%22%3A%7B%7D%7D&x-client-SKU=msal.js.node";

TEST_F(Login, DiscoveryEchoesTheHostThatWasAsked) {
  for (const char* const host : {"login.localhost:8443", "login.localhost", "login.microsoftonline.com"}) {
    const Answer answer = get(std::string("/") + kTenant + "/v2.0/.well-known/openid-configuration", host);
    ASSERT_EQ(answer.status, 200);
    const std::string authority = std::string("https://") + host + "/" + kTenant;
    EXPECT_EQ(answer.body.at("issuer"), json::string(authority + "/v2.0")) << "MSAL-JS compares scheme, host and port";
    EXPECT_EQ(answer.body.at("token_endpoint"), json::string(authority + "/oauth2/v2.0/token"));
    EXPECT_EQ(answer.body.at("authorization_endpoint"), json::string(authority + "/oauth2/v2.0/authorize"));
    EXPECT_EQ(answer.body.at("device_authorization_endpoint"), json::string(authority + "/oauth2/v2.0/devicecode"));
    EXPECT_EQ(answer.body.at("jwks_uri"), json::string(authority + "/discovery/v2.0/keys"));
  }
}

// reference/identity.md §5.1: every member that some client wants.
TEST_F(Login, DiscoveryHasEveryMember) {
  const Answer answer = get("/common/v2.0/.well-known/openid-configuration");
  for (const char* const member :
       {"issuer", "authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "jwks_uri",
        "end_session_endpoint", "token_endpoint_auth_methods_supported", "response_types_supported",
        "response_modes_supported", "subject_types_supported", "id_token_signing_alg_values_supported",
        "scopes_supported", "claims_supported"}) {
    EXPECT_TRUE(answer.body.contains(member)) << member;
  }
  for (const auto& member : answer.body) {
    if (!member.key().ends_with("_supported")) continue;
    EXPECT_TRUE(member.value().is_array()) << member.key();
  }
  EXPECT_NE(answer.head.find("Content-Type: application/json; charset=utf-8\r\n"), std::string::npos);
}

TEST_F(Login, DiscoveryHasEachAliasOfTheTenantInEachCase) {
  for (const char* const path :
       {"/common/v2.0/.well-known/openid-configuration", "/organizations/v2.0/.well-known/openid-configuration",
        "/adfs/.well-known/openid-configuration", "/ADFS/.Well-Known/OpenID-Configuration",
        "/adfs/v2.0/.well-known/openid-configuration",
        "/11111111-2222-3333-4444-555555555555/.well-known/openid-configuration"}) {
    const Answer answer = get(path);
    ASSERT_EQ(answer.status, 200) << path;
    const std::string endpoint(answer.body.at("token_endpoint").as_string());
    EXPECT_EQ(post(endpoint.substr(endpoint.find('/', 8)), kForm).status, 200) << endpoint;
    const std::string keys(answer.body.at("jwks_uri").as_string());
    EXPECT_EQ(get(keys.substr(keys.find('/', 8))).status, 200) << keys;
  }
  EXPECT_EQ(get("/adfs/.well-known/openid-configuration").body.at("issuer"), "https://login.localhost:8443/adfs");
}

TEST_F(Login, AnUnknownTenantIsRefusedInTheServicesWords) {
  const Answer answer = get("/99999999-2222-3333-4444-555555555555/v2.0/.well-known/openid-configuration");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body.at("error"), "invalid_request");
  EXPECT_EQ(answer.body.at("error_codes"), json::array{90002});
}

TEST_F(Login, InstanceDiscoveryNamesTheHost) {
  const Answer answer = get("/common/discovery/instance");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.at("tenant_discovery_endpoint"),
            "https://login.localhost:8443/11111111-2222-3333-4444-555555555555/v2.0/.well-known/openid-configuration");
  EXPECT_EQ(answer.body.at("metadata").at(0).at("aliases"), json::array{"login.localhost:8443"});
}

TEST_F(Login, WebfingerTrustsItself) {
  const Answer answer = get("/.well-known/webfinger");
  EXPECT_EQ(answer.text,
            R"({"subject":"https://login.localhost:8443","links":[{"rel":"http://schemas.microsoft.com/rel/)"
            R"(trusted-realm","href":"https://login.localhost:8443"}]})");
}

TEST_F(Login, OtherPathsMethodsAndHostsAreNotServed) {
  for (const char* const path : {"", "/", "//", "/common", "//oauth2/token", "/common/userrealm/alice@example.com",
                                 "/a/b/oauth2/token", "/common/oauth2/token/", "/{t}/oauth2"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  EXPECT_EQ(get(kTokenPath).status, 405);
  EXPECT_EQ(get("/common/discovery/keys", "evil.example.com").status, 404);
  EXPECT_EQ(get("/common/discovery/keys", "").status, 404);
}

TEST_F(Login, ATokenVerifiesWithThePublishedKeys) {
  const Answer answer = post(kTokenPath, kForm);
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.body.at("token_type"), "Bearer");
  EXPECT_EQ(answer.body.at("expires_in"), 3599);
  EXPECT_EQ(answer.body.at("ext_expires_in"), 3599);
  EXPECT_NE(answer.head.find("no-store"), std::string::npos);
  EXPECT_FALSE(answer.body.contains("refresh_token"));

  identity::TrustedIssuer issuer = service->trusted_issuer();
  issuer.keys = identity::pinned_keys(get("/common/discovery/v2.0/keys").text).value();
  const identity::TokenVerifier verifier(
      {.issuers = {issuer}, .audiences = {"https://managedhsm.localhost:8443"}, .tenant = kTenant});
  const auto caller = verifier.verify(answer.body.at("access_token").as_string(), kNow);
  ASSERT_TRUE(caller) << caller.error().message;
  EXPECT_EQ((*caller)->application_id, kClient);
}

TEST_F(Login, EachTokenPathWorks) {
  for (const char* const path : {"/common/oauth2/v2.0/token", "/organizations/oauth2/token", "/adfs/oauth2/token",
                                 "/adfs/oauth2/v2.0/token", "/Common/OAuth2/V2.0/Token"}) {
    EXPECT_EQ(post(path, kForm).status, 200) << path;
  }
}

TEST_F(Login, TheV1FormHasAResource) {
  const Answer answer = post("/common/oauth2/token", std::string("grant_type=client_credentials&client_id=") + kClient +
                                                         "&client_secret=s3cret%26%2B"
                                                         "&resource=https%3A%2F%2Fmanagedhsm.azure.net");
  EXPECT_EQ(answer.status, 200) << answer.text;
}

TEST_F(Login, BasicAuthenticationWorks) {
  const std::string header = "Basic " + to_base64(bytes_of(std::string(kClient) + ":s3cret%26%2B"));
  const std::string form = "grant_type=client_credentials&scope=https://managedhsm.localhost/.default";
  EXPECT_EQ(post(kTokenPath, form, {{"authorization", header}}).status, 200);
  const Answer twice = post(kTokenPath, form + "&client_secret=x", {{"authorization", header}});
  EXPECT_EQ(twice.status, 400);
  const Answer broken = post(kTokenPath, form, {{"authorization", "Basic !"}});
  EXPECT_EQ(broken.status, 400);
}

// reference/identity.md §5.9
TEST_F(Login, ARefusalHasTheServicesShape) {
  std::string form = kForm;
  form.replace(form.find("s3cret"), 6, "guess!");
  const Answer answer = post(kTokenPath, form, {{"client-request-id", "12345678-1234-1234-1234-123456789012"}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body.at("error"), "invalid_client");
  EXPECT_EQ(answer.body.at("error_codes"), json::array{7000215});
  const std::string text(answer.body.at("error_description").as_string());
  EXPECT_TRUE(text.starts_with("AADSTS7000215: Invalid client secret provided. ")) << text;
  EXPECT_NE(text.find(" Trace ID: "), std::string::npos);
  EXPECT_NE(text.find(" Correlation ID: 12345678-1234-1234-1234-123456789012 "), std::string::npos);
  EXPECT_TRUE(text.ends_with(" Timestamp: 2026-01-01 00:00:00Z")) << text;
  EXPECT_EQ(answer.body.at("timestamp"), "2026-01-01 00:00:00Z");
  EXPECT_EQ(answer.body.at("correlation_id"), "12345678-1234-1234-1234-123456789012");
  EXPECT_TRUE(Guid::parse(answer.body.at("trace_id").as_string()));
  EXPECT_EQ(answer.text.find("guess!"), std::string::npos);
}

struct BadForm {
  std::string body;
  int status;
  int code;
};

TEST_F(Login, BadFormsAreRefused) {
  const std::vector<BadForm> forms = {
      {"", 400, 900144},
      {"grant_type=client_credentials", 400, 900144},
      {kForm + "&client_id=other", 400, 9000411},
      {kForm + "&x=%", 400, 900144},
      {kForm + "&x=" + std::string(kFormBytesMax, 'x'), 400, 900144},
      {R"({"grant_type":"client_credentials"})", 400, 900144},
      {"grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46", 400,
       70003},
      {"grant_type=client_credentials&client_id=unknown&client_secret=x&scope=https://managedhsm.localhost/.default",
       400, 700016},
      {std::string("grant_type=client_credentials&client_secret=x&scope=https://a/.default&client_id=") + kClient, 400,
       500011},
  };
  for (const BadForm& form : forms) {
    const Answer answer = post(kTokenPath, form.body);
    EXPECT_EQ(answer.status, form.status) << form.body.substr(0, 99);
    EXPECT_EQ(answer.body.at("error_codes"), json::array{form.code}) << form.body.substr(0, 99) << answer.text;
  }
}

TEST_F(Login, ABodyOfAnotherTypeIsRefused) {
  const Answer answer = ask({.method = Method::kPost,
                             .path = kTokenPath,
                             .query = {},
                             .headers = {{"Content-Type", "application/json"}},
                             .body = kForm});
  EXPECT_EQ(answer.status, 400);
}

TEST_F(Login, SigningInWithABrowserOrADeviceIsRefusedInWords) {
  for (const Answer& answer : {post("/common/oauth2/v2.0/devicecode", "client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
                               get("/common/oauth2/v2.0/authorize"), get("/adfs/oauth2/authorize")}) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body.at("error"), "unsupported_grant_type");
  }
}

// --- managed identity, reference/identity.md §5.7 ---

constexpr const char* kMetadataPath = "/metadata/identity/oauth2/token";
constexpr const char* kMetadataQuery = "api-version=2018-02-01&resource=https://managedhsm.azure.net";

TEST_F(Login, InstanceMetadataGivesAToken) {
  for (const char* const path : {"/metadata/identity/oauth2/token", "/metadata/identity/oauth2/token/"}) {
    const Answer answer = ask_local(path, kMetadataQuery, {{"metadata", "True"}});
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer.body.at("token_type"), "Bearer");
    EXPECT_EQ(answer.body.at("expires_in"), "86399");
    EXPECT_EQ(answer.body.at("ext_expires_in"), "86399");
    EXPECT_EQ(answer.body.at("not_before"), "1767225600");
    EXPECT_EQ(answer.body.at("expires_on"), "1767311999");
    EXPECT_EQ(answer.body.at("resource"), "https://managedhsm.azure.net");
    EXPECT_EQ(answer.body.at("client_id"), "dddddddd-0000-0000-0000-000000000001");
    EXPECT_TRUE(answer.body.contains("access_token"));
  }
}

// The probe of DefaultAzureCredential in JavaScript.
TEST_F(Login, InstanceMetadataWithoutItsHeaderIsRefused) {
  const Answer answer = ask_local(kMetadataPath, kMetadataQuery, {});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.text, R"({"error":"invalid_request","error_description":"Required metadata header not specified"})");
}

TEST_F(Login, AnUnknownIdentityIs400SoThatTheNextCredentialIsTried) {
  const Answer answer =
      ask_local(kMetadataPath, std::string(kMetadataQuery) + "&client_id=" + kClient, {{"Metadata", "true"}});
  EXPECT_EQ(answer.status, 400);
}

TEST_F(Login, RequestsThroughAProxyOrUnderAForeignNameAreRefused) {
  EXPECT_EQ(ask_local(kMetadataPath, kMetadataQuery, {{"Metadata", "true"}, {"X-Forwarded-For", "10.0.0.1"}}).status,
            400);
  for (const char* const host : {"evil.example.com", "evil.example.com:8081", "127.0.0.1.evil.com", ""}) {
    EXPECT_EQ(ask_local(kMetadataPath, kMetadataQuery, {{"Metadata", "true"}, {"Host", host}}).status, 400) << host;
  }
  for (const char* const host : {"169.254.169.254", "localhost:8081", "[::1]:8081", "identity.internal:80"}) {
    EXPECT_EQ(ask_local(kMetadataPath, kMetadataQuery, {{"Metadata", "true"}, {"Host", host}}).status, 200) << host;
  }
}

TEST_F(Login, AppServiceWantsItsSecretHeader) {
  const std::string query = "api-version=2019-08-01&resource=https%3A%2F%2Fmanagedhsm.azure.net";
  const Answer answer = ask_local("/msi/token", query, {{"X-IDENTITY-HEADER", kIdentityHeader}});
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_TRUE(answer.body.at("expires_on").is_string());
  EXPECT_EQ(ask_local("/msi/token", query, {}).status, 401);
  EXPECT_EQ(ask_local("/msi/token", query, {{"X-IDENTITY-HEADER", "guess"}}).status, 401);
  EXPECT_EQ(ask_local("/msi/token", query, {{"Metadata", "true"}}).status, 401);
}

TEST_F(Login, EndpointsThatAreOffAreNotThere) {
  ManagedIdentityConfig config;
  config.instance_metadata = false;
  managed = std::make_unique<ManagedIdentityApi>(*service, clock, config);
  EXPECT_EQ(ask_local(kMetadataPath, kMetadataQuery, {{"Metadata", "true"}}).status, 404);
  EXPECT_EQ(ask_local("/msi/token", kMetadataQuery, {{"X-IDENTITY-HEADER", ""}}).status, 404);
}

}  // namespace
}  // namespace hsm::api::login
