#include "app/strongroomd/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>

namespace hsm::app {
namespace {

// Section reads one table: each call takes a key, `finish` refuses what was not taken. The first error stays.
class Section {
 public:
  Section(const toml::table* table, std::string where, std::optional<Error>& error)
      : table_(table), where_(std::move(where)), error_(error) {}

  void take(const char* key, std::string& to) {
    scalar<std::string>(key, "a string", [&to](std::string value) { to = std::move(value); });
  }
  void take(const char* key, bool& to) {
    scalar<bool>(key, "true or false", [&to](bool value) { to = value; });
  }
  template <std::integral Number>
  void take(const char* key, Number& to) {
    scalar<std::int64_t>(key, "a number", [this, key, &to](std::int64_t value) {
      if (value < 0 || value > std::int64_t{std::numeric_limits<std::uint16_t>::max()})
        return refuse(key, "a number from 0 to 65535");
      to = static_cast<Number>(value);
    });
  }
  void take(const char* key, std::vector<std::string>& to) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (!node->is_array()) return refuse(key, "a list of strings");
    to.clear();
    for (const toml::node& item : *node->as_array()) {
      if (!item.is_string()) return refuse(key, "a list of strings");
      to.push_back(item.as_string()->get());
    }
  }
  Section table(const char* key) {
    const toml::node* node = find(key);
    if (node != nullptr && !node->is_table()) refuse(key, "a table");
    return {node != nullptr ? node->as_table() : nullptr, where_ + key + ".", error_};
  }
  void each(const char* key, const std::function<void(Section&)>& read) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (!node->is_array_of_tables() && !(node->is_array() && node->as_array()->empty()))
      return refuse(key, "tables: [[" + where_ + key + "]]");
    for (const toml::node& item : *node->as_array()) {
      Section section{item.as_table(), where_ + key + ".", error_};
      read(section);
    }
  }
  void finish() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (!taken_.contains(std::string(key.str())))
        fail_at(node, fmt::format("'{}{}' is not known", where_, key.str()));
    }
  }

 private:
  const toml::node* find(const char* key) {
    taken_.insert(key);
    return table_ != nullptr ? table_->get(key) : nullptr;
  }
  template <class Value, class Use>
  void scalar(const char* key, const char* expected, Use use) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<Value>();
    if (!value) return refuse(key, expected);
    use(*value);
  }
  void refuse(const char* key, const std::string& expected) {
    fail_at(*table_->get(key), fmt::format("'{}{}' must be {}", where_, key, expected));
  }
  void fail_at(const toml::node& node, std::string message) {
    if (!error_) error_ = Error{Errc::kBadParameter, fmt::format("line {}: {}", node.source().begin.line, message), {}};
  }

  const toml::table* table_;
  std::string where_;
  std::optional<Error>& error_;
  std::set<std::string> taken_;
};

void read(Section& section, Config::Client& client) {
  section.take("client_id", client.client_id);
  section.take("object_id", client.object_id);
  section.take("secret", client.secret);
  section.take("secret_file", client.secret_file);
  section.take("certificate_files", client.certificate_files);
  section.take("groups", client.groups);
  section.each("federated", [&client](Section& table) {
    Config::Client::Federated& federated = client.federated.emplace_back();
    table.take("issuer", federated.issuer);
    table.take("subject", federated.subject);
    table.take("audience", federated.audience);
    table.take("jwks_file", federated.jwks_file);
    table.take("jwks_url", federated.jwks_url);
    table.take("ca_file", federated.ca_file);
    table.finish();
  });
  section.finish();
}

void read(Section&& section, Config::TokenService& service) {
  section.take("enabled", service.enabled);
  section.take("tenant", service.tenant);
  section.each("clients", [&service](Section& table) { read(table, service.clients.emplace_back()); });
  Section identity = section.table("managed_identity");
  identity.take("enabled", service.managed_identity.enabled);
  identity.take("port", service.managed_identity.port);
  identity.take("identity_header", service.managed_identity.identity_header);
  identity.take("client_id", service.managed_identity.client_id);
  identity.take("object_id", service.managed_identity.object_id);
  identity.take("groups", service.managed_identity.groups);
  identity.finish();
  section.finish();
}

void read(Section& section, Config::Issuer& issuer) {
  section.take("issuers", issuer.issuers);
  section.take("authority", issuer.authority);
  section.take("jwks_file", issuer.jwks_file);
  section.take("jwks_url", issuer.jwks_url);
  section.take("discovery_url", issuer.discovery_url);
  section.take("audiences", issuer.audiences);
  section.take("algorithms", issuer.algorithms);
  section.take("principal_claim", issuer.principal_claim);
  section.take("groups_claim", issuer.groups_claim);
  section.take("fixed_tenant", issuer.fixed_tenant);
  section.take("derive_principal", issuer.derive_principal);
  section.take("ca_file", issuer.ca_file);
  section.finish();
}

void read(Section& section, Config::Instance& instance) {
  section.take("name", instance.name);
  section.take("region", instance.region);
  section.take("initial_admins", instance.initial_admins);
  section.take("retention_days", instance.retention_days);
  section.take("purge_protection", instance.purge_protection);
  section.take("fips", instance.fips);
  section.finish();
}

void read(Section&& section, Config::Listen& listen) {
  section.take("address", listen.address);
  section.take("port", listen.port);
  section.take("loops", listen.loops);
  section.finish();
}

void read(Section&& section, Config::Domains& domains) {
  section.take("suffixes", domains.suffixes);
  section.take("logins", domains.logins);
  section.finish();
}

void read(Section&& section, Config::Tls& tls) {
  section.take("certificate", tls.certificate);
  section.take("private_key", tls.private_key);
  section.finish();
}

void read(Section&& section, Config::Partitions& partitions) {
  section.take("executable", partitions.executable);
  section.take("count", partitions.count);
  section.take("workers", partitions.workers);
  section.take("allow_unlocked_memory", partitions.allow_unlocked_memory);
  section.take("fips_provider", partitions.fips_provider);
  section.finish();
}

void read(Section&& section, Config::Release& release) {
  section.take("certificate", release.certificate);
  section.take("private_key", release.private_key);
  section.each("authority", [&release](Section& table) {
    Config::Release::Authority& authority = release.authorities.emplace_back();
    table.take("issuer", authority.issuer);
    table.take("keys_file", authority.keys_file);
    table.take("ca_file", authority.ca_file);
    table.finish();
  });
  section.finish();
}

void read(Section& root, Config& config) {
  root.take("data_directory", config.data_directory);
  root.take("log_level", config.log_level);
  root.take("tenant", config.tenant);
  read(root.table("listen"), config.listen);
  read(root.table("domains"), config.domains);
  read(root.table("tls"), config.tls);
  read(root.table("token_service"), config.token_service);
  read(root.table("partitions"), config.partitions);
  read(root.table("release"), config.release);
  Section audit = root.table("audit");
  audit.take("strict", config.audit.strict);
  audit.finish();
  root.each("issuer", [&config](Section& table) { read(table, config.issuers.emplace_back()); });
  root.each("instance", [&config](Section& table) { read(table, config.instances.emplace_back()); });
  root.finish();
}

Status check(const Config& config) {
  const auto missing = [](const char* what) { return fail(Errc::kBadParameter, what); };
  if (config.data_directory.empty()) return missing("'data_directory' is missing");
  if (config.domains.suffixes.empty()) return missing("'domains.suffixes' must name at least one suffix");
  if (!config.token_service.enabled && config.issuers.empty()) {
    return missing("nobody could get a token: enable [token_service] or name an [[issuer]]");
  }
  if (config.token_service.enabled && config.token_service.tenant.empty())
    return missing("'token_service.tenant' is missing");
  if (config.token_service.enabled && config.domains.logins.empty())
    return missing("'domains.logins' must name the token service's host");
  if (!config.token_service.enabled && config.tenant.empty()) return missing("'tenant' is missing");
  if (config.instances.empty()) return missing("there is no [[instance]]");
  if (std::ranges::any_of(config.release.authorities, [](const auto& authority) { return authority.issuer.empty(); }))
    return missing("'release.authority.issuer' is missing");
  if (config.release.certificate.empty() != config.release.private_key.empty())
    return missing("'release.certificate' and 'release.private_key' belong together");
  return {};
}

}  // namespace

Result<Config> read_config(const std::string& path) {
  Config config;
  std::optional<Error> error;
  try {
    const toml::table table = toml::parse_file(path);
    Section root{&table, "", error};
    read(root, config);
  } catch (const toml::parse_error& problem) {
    return fail(Errc::kBadParameter,
                fmt::format("{}: line {}: {}", path, problem.source().begin.line, problem.description()));
  }
  if (!error) {
    if (auto checked = check(config); !checked) error = checked.error();
  }
  if (error) return fail(error->code, path + ": " + error->message);
  const std::filesystem::path directory(config.data_directory);
  if (directory.is_relative())
    config.data_directory = (std::filesystem::absolute(path).parent_path() / directory).string();
  if (config.tenant.empty()) config.tenant = config.token_service.tenant;
  return config;
}

}  // namespace hsm::app
