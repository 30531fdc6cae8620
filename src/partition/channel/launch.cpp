#include "partition/channel/launch.h"

#include <charconv>

namespace hsm::partition {
namespace {

constexpr std::string_view kLinks = "--links=";
constexpr std::string_view kWorkers = "--workers=";
constexpr std::string_view kSealKeyFile = "--seal-key-file=";
constexpr std::string_view kAllowUnlockedMemory = "--allow-unlocked-memory";
// The two files are those of the authority before them.
constexpr std::string_view kAuthority = "--attestation-authority=";
constexpr std::string_view kAuthorityKeys = "--attestation-authority-keys=";
constexpr std::string_view kAuthorityCa = "--attestation-authority-ca=";
constexpr std::string_view kFipsModule = "--fips-module=";
constexpr std::string_view kFips = "--fips";

bool read_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool set(std::vector<AttestationAuthority>& authorities, std::string AttestationAuthority::* member,
         std::string_view value) {
  if (authorities.empty()) return false;
  authorities.back().*member = value;
  return true;
}

}  // namespace

std::vector<std::string> to_arguments(const LaunchOptions& options) {
  std::vector<std::string> arguments{std::string(kLinks) + std::to_string(options.shape.links),
                                     std::string(kWorkers) + std::to_string(options.shape.workers),
                                     std::string(kSealKeyFile) + options.seal_key_file};
  if (options.allow_unlocked_memory) arguments.emplace_back(kAllowUnlockedMemory);
  for (const AttestationAuthority& authority : options.authorities) {
    arguments.push_back(std::string(kAuthority) + authority.issuer);
    if (!authority.keys_file.empty()) arguments.push_back(std::string(kAuthorityKeys) + authority.keys_file);
    if (!authority.ca_file.empty()) arguments.push_back(std::string(kAuthorityCa) + authority.ca_file);
  }
  if (!options.fips_module.empty()) arguments.push_back(std::string(kFipsModule) + options.fips_module);
  if (options.fips) arguments.emplace_back(kFips);
  return arguments;
}

Result<LaunchOptions> parse_arguments(const std::vector<std::string_view>& arguments) {
  LaunchOptions options;
  bool good = true;
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(kLinks)) {
      good = good && read_number(argument.substr(kLinks.size()), options.shape.links);
    } else if (argument.starts_with(kWorkers)) {
      good = good && read_number(argument.substr(kWorkers.size()), options.shape.workers);
    } else if (argument.starts_with(kSealKeyFile)) {
      options.seal_key_file = argument.substr(kSealKeyFile.size());
    } else if (argument == kAllowUnlockedMemory) {
      options.allow_unlocked_memory = true;
    } else if (argument.starts_with(kAuthority)) {
      options.authorities.push_back({.issuer = std::string(argument.substr(kAuthority.size()))});
    } else if (argument.starts_with(kAuthorityKeys)) {
      good = good && set(options.authorities, &AttestationAuthority::keys_file, argument.substr(kAuthorityKeys.size()));
    } else if (argument.starts_with(kAuthorityCa)) {
      good = good && set(options.authorities, &AttestationAuthority::ca_file, argument.substr(kAuthorityCa.size()));
    } else if (argument.starts_with(kFipsModule)) {
      options.fips_module = argument.substr(kFipsModule.size());
    } else if (argument == kFips) {
      options.fips = true;
    } else {
      good = false;
    }
  }
  if (!good || !valid(options.shape) || options.seal_key_file.empty()) {
    return fail(Errc::kBadParameter, "strongroom-partition is started by strongroomd, not by hand");
  }
  return options;
}

}  // namespace hsm::partition
