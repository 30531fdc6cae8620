#include "app/strongroom/dev_environment.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "app/strongroomd/config.h"

namespace hsm::app {
namespace {

constexpr std::uint16_t kHttpsPort = 443;
// The variables by which Node, Python's requests and everything on OpenSSL learn of a CA (reference/clients.md §1).
constexpr const char* kTrustVariables[] = {"NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"};

// As clients must spell it: with the port exactly where it is not HTTPS's own.
std::string url_of(std::string_view host, std::uint16_t port) {
  return port == kHttpsPort ? fmt::format("https://{}", host) : fmt::format("https://{}:{}", host, port);
}

}  // namespace

Status dev_environment(const DevEnvironmentOptions& options) {
  HSM_TRY(const Config config, read_config(options.config_file));
  if (config.token_service.clients.empty())
    return fail(Errc::kBadParameter, "the configuration has no token service client");
  const std::string& instance = options.instance.empty() ? config.instances.front().name : options.instance;
  const Config::Client& client = config.token_service.clients.front();

  fmt::print("AZURE_MANAGEDHSM_URL={}\n", url_of(instance + "." + config.domains.suffixes.front(), config.listen.port));
  fmt::print("AZURE_AUTHORITY_HOST={}\n", url_of(config.domains.logins.front(), config.listen.port));
  // With a GUID here an SDK would first ask Microsoft's cloud about the authority (reference/identity.md §4.2).
  fmt::print("AZURE_TENANT_ID=adfs\n");
  fmt::print("AZURE_CLIENT_ID={}\nAZURE_CLIENT_SECRET={}\n", client.client_id, client.secret);
  for (const char* variable : kTrustVariables) fmt::print("{}={}/tls/ca.pem\n", variable, config.data_directory);
  const Config::ManagedIdentity& identity = config.token_service.managed_identity;
  if (identity.enabled) {
    fmt::print("# Instead of the client, for ManagedIdentityCredential on this machine:\n");
    fmt::print("# IDENTITY_ENDPOINT=http://127.0.0.1:{}/msi/token\n", identity.port);
    fmt::print("# IDENTITY_HEADER={}\n", identity.identity_header);
  }
  return {};
}

}  // namespace hsm::app
