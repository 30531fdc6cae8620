#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "app/strongroom/attestation_verify.h"
#include "app/strongroom/audit_verify.h"
#include "app/strongroom/dev_activate.h"
#include "app/strongroom/dev_environment.h"
#include "app/strongroom/dev_init.h"

namespace {

int report(const hsm::Status& status) {
  if (status) return 0;
  std::fprintf(stderr, "strongroom: %s\n", status.error().message.c_str());
  return 1;
}

int run(int argc, char** argv) {
  CLI::App app{"strongroom: the operator's command line of a Strongroom HSM."};
  app.require_subcommand(1);
  int exit_code = 0;

  auto* dev = app.add_subcommand("dev", "a development HSM on this machine");
  dev->require_subcommand(1);
  hsm::app::DevInitOptions init;
  auto* dev_init = dev->add_subcommand("init", "write a ready configuration with fresh random ids and secrets");
  dev_init->add_option("--data", init.data_directory, "directory for configuration, store and logs; made if absent")
      ->required();
  dev_init->add_option("--port", init.port, "HTTPS port")->capture_default_str();
  dev_init->add_option("--suffix", init.suffix, "instances are {instance}.{suffix}")->capture_default_str();
  dev_init->add_option("--login", init.login, "host of the built-in token service")->capture_default_str();
  dev_init->add_option("--instance", init.instance, "name of the instance")->capture_default_str();
  dev_init->add_option("--identity-port", init.identity_port, "plain HTTP port of the managed-identity endpoints")
      ->capture_default_str();
  dev_init->callback([&] { exit_code = report(hsm::app::dev_init(init)); });

  hsm::app::DevActivateOptions activate;
  auto* dev_activate = dev->add_subcommand(
      "activate", "activate an instance: make keys of a quorum, download the security domain, assign roles");
  dev_activate->add_option("-c,--config", activate.config_file, "the server's configuration file")->required();
  dev_activate->add_option("--instance", activate.instance,
                           "name of the instance; default: the first of the configuration");
  dev_activate
      ->add_option("--certificates", activate.directory, "directory for the quorum's keys and the security domain")
      ->required();
  dev_activate->callback([&] { exit_code = report(hsm::app::dev_activate(activate)); });

  hsm::app::DevEnvironmentOptions environment;
  auto* dev_environment =
      dev->add_subcommand("environment", "print the environment lines that point Azure SDKs at an instance");
  dev_environment->add_option("-c,--config", environment.config_file, "the server's configuration file")->required();
  dev_environment->add_option("--instance", environment.instance,
                              "name of the instance; default: the first of the configuration");
  dev_environment->callback([&] { exit_code = report(hsm::app::dev_environment(environment)); });

  auto* audit = app.add_subcommand("audit", "the audit log");
  audit->require_subcommand(1);
  hsm::app::AuditVerifyOptions verify;
  auto* audit_verify = audit->add_subcommand(
      "verify", "check a log offline; names the first record that was changed, dropped, moved or cut off");
  audit_verify->add_option("path", verify.path, "the log's directory, or one of its files")->required();
  audit_verify->add_option("--public-key", verify.public_key_hex, "the instance's audit key, in hexadecimal");
  audit_verify->add_option("--head", verify.head, "a copy of audit.head that was kept elsewhere");
  audit_verify->add_flag("--no-head", verify.no_head,
                         "do without audit.head: what is missing at the end can't be noticed");
  audit_verify->add_flag("--archived", verify.archived, "the log's first files have been archived elsewhere");
  audit_verify->add_flag("--json", verify.json, "print the report as JSON");
  audit_verify->callback([&] { exit_code = hsm::app::audit_verify_main(verify, std::cout, std::cerr); });

  auto* attestation = app.add_subcommand("attestation", "what an HSM says of its keys, signed (docs/attestation.md)");
  attestation->require_subcommand(1);
  hsm::app::AttestationVerifyOptions attested;
  auto* attestation_verify =
      attestation->add_subcommand("verify", "check a key's attestation offline and print what it says");
  attestation_verify->footer(hsm::app::kAttestationExitCodes);
  attestation_verify
      ->add_option("file", attested.file,
                   "what `az keyvault key get-attestation --file` wrote, or the service's answer")
      ->required();
  attestation_verify->add_option("--root", attested.root, "PEM file of the HSM's attestation root");
  attestation_verify->add_option("--key", attested.key, "NAME or NAME/VERSION that the attestation must be of");
  attestation_verify->callback([&] { exit_code = hsm::app::attestation_verify_main(attested, std::cout, std::cerr); });
  std::string attestation_file;
  auto* attestation_root = attestation->add_subcommand(
      "root", "print the root certificate of an attestation that you trust, to be kept for --root");
  attestation_root->add_option("file", attestation_file, "as of verify")->required();
  attestation_root->callback(
      [&] { exit_code = hsm::app::attestation_root_main(attestation_file, std::cout, std::cerr); });

  CLI11_PARSE(app, argc, argv);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "strongroom: %s\n", bug.what());
    return 70;  // EX_SOFTWARE
  }
}
