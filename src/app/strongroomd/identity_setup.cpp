#include "app/strongroomd/identity_setup.h"

#include <fstream>
#include <iterator>

#include "base/text.h"
#include "core/algorithm.h"

namespace hsm::app {
namespace {

// The HSM's own resources under every suffix, and the first-party ones of the real service (identity.md §1.5).
std::vector<std::string> audiences_of(const Config& config) {
  std::vector<std::string> audiences;
  for (const std::string& suffix : config.domains.suffixes) audiences.push_back("https://" + suffix);
  audiences.emplace_back(identity::kManagedHsmAudience);
  audiences.emplace_back(identity::kManagedHsmApplicationId);
  return audiences;
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kUnavailable, "can't read " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<std::string> secret_of(const Config::Client& client) {
  if (client.secret_file.empty()) return client.secret;
  HSM_TRY(std::string secret, read_text(client.secret_file));
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  return secret;
}

Result<std::shared_ptr<identity::KeySource>> keys_of(const std::string& issuer, const std::string& jwks_file,
                                                     const std::string& jwks_url, const std::string& discovery_url,
                                                     const std::string& ca_file,
                                                     const std::vector<std::string>& issuers) {
  if (!jwks_file.empty()) return identity::pinned_keys_file(jwks_file);
  identity::DiscoveryConfig discovery{.discovery_url = discovery_url, .jwks_url = jwks_url, .issuers = issuers};
  if (jwks_url.empty() && discovery_url.empty()) {
    discovery.discovery_url = issuer + (issuer.ends_with('/') ? "" : "/") + ".well-known/openid-configuration";
  }
  return identity::discovered_keys(std::move(discovery), identity::make_https_get({.ca_file = ca_file}));
}

Result<identity::RegisteredClient> registered(const Config::Client& from, Random& random) {
  identity::RegisteredClient client{.client_id = from.client_id, .object_id = from.object_id, .groups = from.groups};
  HSM_TRY(std::string secret, secret_of(from));
  if (!secret.empty()) {
    client.secrets.push_back({.hash = identity::SecretHash(bytes_of(secret), random), .expires = {}});
    wipe({reinterpret_cast<std::uint8_t*>(secret.data()), secret.size()});
  }
  for (const std::string& path : from.certificate_files) {
    HSM_TRY(const std::string pem, read_text(path));
    HSM_TRY(identity::ClientCertificate certificate, identity::ClientCertificate::from_pem(pem));
    client.certificates.push_back(std::move(certificate));
  }
  for (const Config::Client::Federated& trust : from.federated) {
    HSM_TRY(auto keys, keys_of(trust.issuer, trust.jwks_file, trust.jwks_url, "", trust.ca_file, {trust.issuer}));
    client.federated.push_back(
        {.issuer = trust.issuer, .subject = trust.subject, .audience = trust.audience, .keys = std::move(keys)});
  }
  return client;
}

Result<identity::TrustedIssuer> trusted(const Config::Issuer& from) {
  if (from.issuers.empty()) return fail(Errc::kBadParameter, "[[issuer]]: 'issuers' is missing");
  identity::TrustedIssuer issuer{.issuers = from.issuers};
  HSM_TRY(issuer.keys,
          keys_of(from.issuers.front(), from.jwks_file, from.jwks_url, from.discovery_url, from.ca_file, from.issuers));
  issuer.algorithms.clear();
  for (const std::string& name : from.algorithms) {
    const auto algorithm = core::algorithm_named(name);
    if (!algorithm) return fail(Errc::kBadParameter, "[[issuer]]: algorithm " + name + " is not known");
    issuer.algorithms.push_back(*algorithm);
  }
  issuer.claims.principal = {from.principal_claim};
  issuer.claims.groups = {from.groups_claim};
  issuer.fixed_tenant = from.fixed_tenant;
  issuer.derive_principal = from.derive_principal;
  return issuer;
}

}  // namespace

Result<std::unique_ptr<identity::TokenService>> make_token_service(const Config& config, Random& random) {
  if (!config.token_service.enabled) return nullptr;
  identity::TokenServiceConfig service{.tenant = config.token_service.tenant,
                                       .hosts = config.domains.logins,
                                       .issuer_base = "https://" + config.domains.logins.front(),
                                       .resources = audiences_of(config),
                                       .key_file = config.data_directory + "/token-signing-key.pem"};
  for (const Config::Client& client : config.token_service.clients) {
    HSM_TRY(identity::RegisteredClient one, registered(client, random));
    service.clients.push_back(std::move(one));
  }
  const Config::ManagedIdentity& identity = config.token_service.managed_identity;
  if (identity.enabled) {
    service.managed_identities.push_back({.client_id = identity.client_id,
                                          .object_id = identity.object_id,
                                          .resource_id = {},
                                          .groups = identity.groups});
  }
  return identity::TokenService::create(std::move(service), random);
}

Result<std::unique_ptr<identity::TokenVerifier>> make_token_verifier(const Config& config,
                                                                     const identity::TokenService* built_in) {
  identity::VerifierConfig verifier{.audiences = audiences_of(config), .tenant = config.tenant};
  if (built_in != nullptr) verifier.issuers.push_back(built_in->trusted_issuer());
  for (const Config::Issuer& issuer : config.issuers) {
    HSM_TRY(identity::TrustedIssuer one, trusted(issuer));
    verifier.issuers.push_back(std::move(one));
    verifier.audiences.insert(verifier.audiences.end(), issuer.audiences.begin(), issuer.audiences.end());
  }
  return std::make_unique<identity::TokenVerifier>(std::move(verifier));
}

}  // namespace hsm::app
