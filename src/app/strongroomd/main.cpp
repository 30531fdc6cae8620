#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "app/strongroomd/server.h"
#include "base/loader_settings.h"
#include "base/log.h"

namespace {

int run(const std::string& config_file) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread, so that sigwait gets them
  std::signal(SIGPIPE, SIG_IGN);

  const auto config = hsm::app::read_config(config_file);
  if (!config) {
    std::fprintf(stderr, "strongroomd: %s\n", config.error().message.c_str());
    return 2;
  }
  hsm::set_up_log("strongroomd", config->log_level);
  auto server = hsm::app::Server::start(*config);
  if (!server) {
    std::fprintf(stderr, "strongroomd: can't start: %s\n", server.error().message.c_str());
    if (!server.error().detail.empty()) std::fprintf(stderr, "strongroomd: %s\n", server.error().detail.c_str());
    return 1;
  }
  hsm::log::info("ready");
  int signal = 0;
  sigwait(&signals, &signal);
  hsm::log::info("stopping");
  (*server)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  hsm::apply_loader_settings(argv);
  CLI::App app{
      "strongroomd: a managed HSM that speaks the Azure Key Vault Managed HSM protocol.\n"
      "The software partitions do not protect keys against root on this machine; see docs/architecture.md."};
  std::string config_file;
  app.add_option("-c,--config", config_file, "configuration file (TOML); `strongroom dev init` writes one")->required();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(config_file);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "strongroomd: %s\n", bug.what());
    return 70;  // EX_SOFTWARE
  }
}
