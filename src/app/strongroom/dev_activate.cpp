#include "app/strongroom/dev_activate.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/strongroom/https_client.h"
#include "app/strongroomd/config.h"
#include "base/base64url.h"
#include "base/clock.h"
#include "base/guid.h"
#include "base/random.h"
#include "crypto/certificate_issuing.h"
#include "crypto/key_pair.h"

namespace hsm::app {
namespace {

namespace json = boost::json;

constexpr int kHolders = 3;
constexpr int kQuorum = 2;
constexpr int kHolderKeyBits = 2048;
constexpr std::chrono::hours kHolderCertificateLife{24 * 365};
constexpr const char* kApiVersion = "api-version=7.5";
constexpr const char* kCryptoUser = "21dbd100-6940-42c2-9190-5d6cb909625b";  // reference/admin-api.md §2.6
constexpr const char* kCryptoOfficer = "515eb02d-2335-4d2d-92f2-b1cbdf9c3778";

Status write_new_file(const std::string& path, ByteView content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Errc::kUnavailable, fmt::format("can't write {}: {}", path, std::strerror(errno)));
  const bool written =
      ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written) return fail(Errc::kUnavailable, "can't write " + path);
  return {};
}

// One holder of the quorum: holder-N.key and holder-N.cer (the names that az keyvault security-domain expects).
Result<crypto::Certificate> make_holder(const std::string& directory, int number) {
  SystemRandom random;
  const TimePoint now = SystemClock().now();
  HSM_TRY(const crypto::PkeyPtr key, crypto::generate_rsa(kHolderKeyBits));
  const std::string name = fmt::format("holder-{}", number);
  HSM_TRY(crypto::Certificate certificate, crypto::make_self_signed({.kind = crypto::CertificateKind::kKeyEncipherment,
                                                                     .common_name = name,
                                                                     .not_before = now,
                                                                     .not_after = now + kHolderCertificateLife},
                                                                    key.get(), random));
  HSM_CHECK(write_new_file(directory + "/" + name + ".key", crypto::private_key_to_pem(key.get()).reveal()));
  HSM_CHECK(write_new_file(directory + "/" + name + ".cer", bytes_of(certificate.pem())));
  return certificate;
}

Result<std::string> download_request(const std::string& directory) {
  json::array certificates;
  for (int number = 1; number <= kHolders; ++number) {
    HSM_TRY(const crypto::Certificate certificate, make_holder(directory, number));
    certificates.push_back(json::object{{"kty", "RSA"},
                                        {"alg", "RSA-OAEP-256"},
                                        {"key_ops", json::array{"verify", "encrypt", "wrapKey"}},
                                        {"x5c", json::array{to_base64(certificate.der())}},
                                        {"x5t#S256", to_base64url(certificate.sha256_thumbprint())}});
  }
  return json::serialize(json::object{{"certificates", certificates}, {"required", kQuorum}});
}

Result<HttpsClient::Response> expect(const HttpsClient& client, const HttpsClient::Request& request, long status) {
  HSM_TRY(HttpsClient::Response response, client.send(request));
  if (response.status != status) {
    return fail(Errc::kUnavailable,
                fmt::format("{} {} was answered {}: {}", request.method, request.url, response.status, response.body));
  }
  return response;
}

Result<std::string> text_in(const std::string& body, const char* member) {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  if (error || !value.is_object() || !value.get_object().contains(member) ||
      !value.get_object().at(member).is_string()) {
    return fail(Errc::kUnavailable, fmt::format("the server's answer has no '{}'", member));
  }
  return std::string(std::string_view(value.get_object().at(member).get_string()));
}

Result<std::string> get_token(const HttpsClient& client, const Config& config) {
  const Config::Client& caller = config.token_service.clients.front();
  const std::string url = fmt::format("https://{}:{}/{}/oauth2/v2.0/token", config.domains.logins.front(),
                                      config.listen.port, config.tenant);
  const std::string form =
      fmt::format("grant_type=client_credentials&client_id={}&client_secret={}&scope=https%3A%2F%2F{}%2F.default",
                  caller.client_id, caller.secret, config.domains.suffixes.front());
  HSM_TRY(
      const auto response,
      expect(client, {.method = "POST", .url = url, .body = form, .content_type = "application/x-www-form-urlencoded"},
             200));
  return text_in(response.body, "access_token");
}

// A role that the principal has already is as good.
Status assign_role(const HttpsClient& client, const std::string& hsm, const std::string& token, const char* role,
                   const std::string& principal) {
  SystemRandom random;
  const json::object body{
      {"properties",
       json::object{{"roleDefinitionId",
                     fmt::format("Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/{}", role)},
                    {"principalId", principal}}}};
  HSM_TRY(const auto response,
          client.send({.method = "PUT",
                       .url = fmt::format("{}/providers/Microsoft.Authorization/roleAssignments/{}?{}", hsm,
                                          new_guid(random).text(), kApiVersion),
                       .body = json::serialize(body),
                       .bearer_token = token}));
  const bool already =
      response.status == 400 && response.body.find("MatchingRoleAssignmentExists") != std::string::npos;
  if (response.status != 201 && !already)
    return fail(Errc::kUnavailable, "assigning a role was answered: " + response.body);
  return {};
}

}  // namespace

Status dev_activate(const DevActivateOptions& options) {
  HSM_TRY(const Config config, read_config(options.config_file));
  if (config.token_service.clients.empty())
    return fail(Errc::kBadParameter, "the configuration has no token service client");
  const std::string instance = options.instance.empty() ? config.instances.front().name : options.instance;
  const std::string hsm =
      fmt::format("https://{}.{}:{}", instance, config.domains.suffixes.front(), config.listen.port);
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) return fail(Errc::kUnavailable, "can't make " + options.directory + ": " + error.message());

  const HttpsClient client(config.data_directory + "/tls/ca.pem");
  HSM_TRY(const std::string token, get_token(client, config));
  HSM_TRY(const std::string request, download_request(options.directory));
  HSM_TRY(const auto downloaded, expect(client,
                                        {.method = "POST",
                                         .url = hsm + "/securitydomain/download?" + kApiVersion,
                                         .body = request,
                                         .bearer_token = token},
                                        202));
  HSM_TRY(const std::string domain, text_in(downloaded.body, "value"));
  const std::string file = options.directory + "/security-domain.json";
  HSM_CHECK(write_new_file(file, bytes_of(domain)));
  const std::string& owner = config.token_service.clients.front().object_id;
  HSM_CHECK(assign_role(client, hsm, token, kCryptoUser, owner));
  HSM_CHECK(assign_role(client, hsm, token, kCryptoOfficer, owner));
  const Config::ManagedIdentity& identity = config.token_service.managed_identity;
  if (identity.enabled) HSM_CHECK(assign_role(client, hsm, token, kCryptoUser, identity.object_id));
  fmt::print(
      "{} is active.\nIts security domain is {}: any {} of the {} holder keys beside it open it. Keep them apart.\n",
      hsm, file, kQuorum, kHolders);
  return {};
}

}  // namespace hsm::app
