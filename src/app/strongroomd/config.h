#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hsm::app {

// Config is strongroomd's configuration file (TOML). docs/configuration.md lists every key; one that is not known is an
// error, so that a misspelt key is not silently a default.
struct Config {
  std::string data_directory;  // relative paths are relative to the file
  std::string log_level = "info";

  struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 443;
    unsigned loops = 0;  // 0: one a core
  } listen;

  // What clients call us. Instance hosts are {instance}.{suffix}; the authority of a suffix's challenge is the login
  // host of the same position (the last one serves the rest).
  struct Domains {
    std::vector<std::string> suffixes{"managedhsm.localhost"};
    std::vector<std::string> logins{"login.localhost"};
  } domains;

  // Certificate and key as PEM. Without them an own CA is made in {data_directory}/tls.
  struct Tls {
    std::string certificate;
    std::string private_key;
  } tls;

  struct Client {
    std::string client_id;
    std::string object_id;
    std::string secret;  // one of the two, or none
    std::string secret_file;
    std::vector<std::string> certificate_files;  // PEM
    std::vector<std::string> groups;
    struct Federated {
      std::string issuer;
      std::string subject;
      std::string audience = "api://AzureADTokenExchange";
      std::string jwks_file;  // one of the two; none: the issuer's discovery document
      std::string jwks_url;
      std::string ca_file;  // PEM; whom to trust when asking for them, empty: the system's
    };
    std::vector<Federated> federated;
  };
  struct ManagedIdentity {
    bool enabled = false;
    std::uint16_t port = 0;
    std::string identity_header;
    std::string client_id;
    std::string object_id;
    std::vector<std::string> groups;
  };
  struct TokenService {
    bool enabled = false;
    std::string tenant;
    std::vector<Client> clients;
    ManagedIdentity managed_identity;
  } token_service;

  // Issuers besides the built-in token service.
  struct Issuer {
    std::vector<std::string> issuers;  // exact values of iss
    std::string authority;             // what the challenge names: https://host[:port]; only the first issuer's counts
    std::string jwks_file;             // one of the three
    std::string jwks_url;
    std::string discovery_url;
    std::vector<std::string> audiences;
    std::vector<std::string> algorithms{"RS256"};
    std::string principal_claim = "oid";
    std::string groups_claim = "groups";
    std::string fixed_tenant;
    bool derive_principal = false;
    std::string ca_file;
  };
  std::vector<Issuer> issuers;
  std::string tenant;  // of the instances; the token service's own if that is enabled

  struct Partitions {
    std::string executable;
    unsigned count = 3;
    unsigned workers = 1;
    bool allow_unlocked_memory = false;
    std::string fips_provider;
  } partitions;

  // Secure key release.
  struct Release {
    struct Authority {
      std::string issuer;
      std::string keys_file;  // JWKS; empty: not pinned
      std::string ca_file;    // PEM; whom to trust when fetching the keys, empty: the system's
    };
    std::vector<Authority> authorities;
    // PEM of an RSA certificate and its key, which sign what is released; empty: those of [tls], if they are RSA.
    std::string certificate;
    std::string private_key;
  } release;

  struct Audit {
    bool strict = false;
  } audit;

  struct Instance {
    std::string name;
    std::string region = "local";
    std::vector<std::string> initial_admins;
    int retention_days = 90;
    bool purge_protection = false;
    bool fips = false;
  };
  std::vector<Instance> instances;
};

// read_config: kBadParameter with file, line and what to change.
Result<Config> read_config(const std::string& path);

}  // namespace hsm::app
