#include "app/strongroomd/server.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "api/door.h"
#include "api/login/managed_identity_api.h"
#include "app/strongroomd/identity_setup.h"
#include "app/strongroomd/own_authority.h"
#include "base/log.h"
#include "base/text.h"
#include "control/instance.h"
#include "http/server.h"
#include "release/response_signer.h"

namespace hsm::app {
namespace {

constexpr std::chrono::seconds kStopGrace{5};
constexpr unsigned kHttpsPort = 443;

// The plain listener answers only the managed-identity endpoints.
class ManagedIdentityApplication final : public http::Application {
 public:
  explicit ManagedIdentityApplication(api::login::ManagedIdentityApi& api) : api_(api) {}
  void on_request(http::Exchange exchange) override { exchange.answer(api_.handle(exchange.request())); }

 private:
  api::login::ManagedIdentityApi& api_;
};

class RunningServer final : public Server {
 public:
  explicit RunningServer(const Config& config) : config_(config) {}
  ~RunningServer() override { stop(); }

  Status start() {
    loops_ = config_.listen.loops != 0 ? config_.listen.loops : std::max(1U, std::thread::hardware_concurrency());
    HSM_TRY(const http::TlsConfig tls, certificates());
    HSM_TRY(token_service_, make_token_service(config_, random_));
    HSM_TRY(verifier_, make_token_verifier(config_, token_service_.get()));
    for (const Config::Instance& instance : config_.instances) HSM_CHECK(open(instance));
    if (token_service_) {
      login_ = std::make_unique<api::login::LoginApi>(*token_service_, clock_, random_);
      sites_.set_login(login_.get(), config_.domains.logins);
    }
    HSM_CHECK(listen(tls));
    return listen_for_managed_identity();
  }

  void stop() override {
    if (managed_identity_server_) managed_identity_server_->stop(kStopGrace);
    if (server_) server_->stop(kStopGrace);
    pools_.reset();
    managed_identity_server_.reset();
    server_.reset();
    for (auto& instance : instances_) instance->close();
  }

 private:
  Result<http::TlsConfig> certificates() {
    const Config::Tls& tls = config_.tls;
    const Config::Release& release = config_.release;
    if (!release.certificate.empty()) {
      HSM_TRY(release_signer_, release::ResponseSigner::load(release.certificate, release.private_key));
    }
    if (!tls.certificate.empty()) {
      if (!release_signer_) sign_releases_with_tls_certificate();
      return http::TlsConfig{.certificate_chain_file = tls.certificate, .private_key_file = tls.private_key};
    }
    HSM_TRY(const OwnCertificates own, own_certificates());
    if (!release_signer_) {
      HSM_TRY(release_signer_, release::ResponseSigner::load(own.release.chain, own.release.private_key));
    }
    return own.tls;
  }

  // An operator who releases no keys may have any TLS certificate.
  void sign_releases_with_tls_certificate() {
    auto signer = release::ResponseSigner::load(config_.tls.certificate, config_.tls.private_key);
    if (signer) {
      release_signer_ = *std::move(signer);
    } else {
      log::info("keys can't be released without an RSA certificate ([release]): {}", signer.error().message);
    }
  }

  Result<OwnCertificates> own_certificates() {
    std::vector<std::string> names = config_.domains.logins;
    for (const std::string& suffix : config_.domains.suffixes) names.push_back("*." + suffix);
    // A wildcard is not taken for names below a single label (*.localhost), so every instance is named, too.
    for (const std::string& suffix : config_.domains.suffixes) {
      for (const Config::Instance& instance : config_.instances) names.push_back(instance.name + "." + suffix);
    }
    return make_own_certificates(config_.data_directory + "/tls", names, clock_, random_);
  }

  // As clients write it: the port only where it is not that of HTTPS.
  std::string base_url_of(const std::string& instance) const {
    std::string url = "https://" + to_lower(instance + "." + config_.domains.suffixes.front());
    if (config_.listen.port != kHttpsPort) url += ":" + std::to_string(config_.listen.port);
    return url;
  }

  Status open(const Config::Instance& from) {
    control::InstanceConfig config{.name = from.name,
                                   .directory = config_.data_directory + "/instances/" + from.name,
                                   .tenant = config_.tenant,
                                   .region = from.region,
                                   .base_url = base_url_of(from.name),
                                   .initial_admins = from.initial_admins,
                                   .retention_days = from.retention_days,
                                   .purge_protection = from.purge_protection,
                                   .strict_audit = config_.audit.strict,
                                   .partitions = {.executable = config_.partitions.executable,
                                                  .seal_key_file = config_.data_directory + "/seal.key",
                                                  .partitions = config_.partitions.count,
                                                  .workers = config_.partitions.workers,
                                                  .front_end_threads = loops_,
                                                  .allow_unlocked_memory = config_.partitions.allow_unlocked_memory,
                                                  .fips_provider = config_.partitions.fips_provider,
                                                  .fips = from.fips}};
    for (const Config::Release::Authority& authority : config_.release.authorities) {
      config.partitions.authorities.push_back(
          {.issuer = authority.issuer, .keys_file = authority.keys_file, .ca_file = authority.ca_file});
    }
    HSM_TRY(auto instance, control::Instance::open(std::move(config), clock_, random_));
    const std::vector<std::string>& logins = config_.domains.logins;
    for (std::size_t i = 0; i < config_.domains.suffixes.size(); ++i) {
      api::Site site{.hsm = &instance->hsm(),
                     .verifier = verifier_.get(),
                     .tenant = config_.tenant,
                     .release_signer = release_signer_.get()};
      for (unsigned loop = 0; loop < loops_; ++loop) site.links.push_back(&instance->partitions().fast_link(loop));
      if (token_service_) {
        site.authority_scheme_and_host = "https://" + logins[std::min(i, logins.size() - 1)];
        site.authority_has_port_of_request = true;
      } else {
        site.authority_scheme_and_host = config_.issuers.front().authority;
      }
      sites_.add(to_lower(from.name + "." + config_.domains.suffixes[i]), std::move(site));
    }
    log::info("instance {} is {}", from.name,
              instance->hsm().domain.active() ? "active" : "not activated: download its security domain");
    instances_.push_back(std::move(instance));
    return {};
  }

  Status listen(const http::TlsConfig& tls) {
    pools_ = std::make_unique<api::Pools>();
    http::ServerConfig config{
        .listeners = {{.address = config_.listen.address, .port = config_.listen.port}}, .tls = tls, .loops = loops_};
    HSM_TRY(server_, http::Server::start(std::move(config), [this](http::Loop& loop) {
              return std::make_unique<api::Door>(sites_, *pools_, clock_, random_, loop);
            }));
    for (const std::string& suffix : config_.domains.suffixes) {
      for (const Config::Instance& instance : config_.instances) {
        log::info("listening: https://{}.{}:{}", instance.name, suffix, server_->port(0));
      }
    }
    return {};
  }

  Status listen_for_managed_identity() {
    const Config::ManagedIdentity& identity = config_.token_service.managed_identity;
    if (!token_service_ || !identity.enabled) return {};
    api::login::ManagedIdentityConfig api_config;
    if (!identity.identity_header.empty()) {
      api_config.identity_header.emplace(bytes_of(identity.identity_header), random_);
    }
    managed_identity_ =
        std::make_unique<api::login::ManagedIdentityApi>(*token_service_, clock_, std::move(api_config));
    http::ServerConfig config{.listeners = {{.address = "127.0.0.1", .port = identity.port, .tls = false}}, .loops = 1};
    HSM_TRY(managed_identity_server_, http::Server::start(std::move(config), [this](http::Loop&) {
              return std::make_unique<ManagedIdentityApplication>(*managed_identity_);
            }));
    log::info("listening: http://127.0.0.1:{} (managed identity)", managed_identity_server_->port(0));
    return {};
  }

  const Config config_;
  SystemClock clock_;
  SystemRandom random_;
  unsigned loops_ = 1;
  std::unique_ptr<identity::TokenService> token_service_;
  std::unique_ptr<identity::TokenVerifier> verifier_;
  std::unique_ptr<release::ResponseSigner> release_signer_;  // nullptr: no key can be released
  std::unique_ptr<api::login::LoginApi> login_;
  std::unique_ptr<api::login::ManagedIdentityApi> managed_identity_;
  std::vector<std::unique_ptr<control::Instance>> instances_;
  api::Sites sites_;
  std::unique_ptr<api::Pools> pools_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> managed_identity_server_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Config& config) {
  auto server = std::make_unique<RunningServer>(config);
  HSM_CHECK(server->start());
  return server;
}

}  // namespace hsm::app
