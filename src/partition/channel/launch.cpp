#include "partition/channel/launch.h"

#include <charconv>

namespace hsm::partition {
namespace {

constexpr std::string_view kLinks = "--links=";
constexpr std::string_view kWorkers = "--workers=";
constexpr std::string_view kSealKeyFile = "--seal-key-file=";
constexpr std::string_view kAllowUnlockedMemory = "--allow-unlocked-memory";

bool read_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::vector<std::string> to_arguments(const LaunchOptions& options) {
  std::vector<std::string> arguments{std::string(kLinks) + std::to_string(options.shape.links),
                                     std::string(kWorkers) + std::to_string(options.shape.workers),
                                     std::string(kSealKeyFile) + options.seal_key_file};
  if (options.allow_unlocked_memory) arguments.emplace_back(kAllowUnlockedMemory);
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
