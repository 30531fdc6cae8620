#include "partition/process/end_process.h"

#include <unistd.h>

#include <string>

namespace hsm::partition {

void say(std::string_view line) {
  const std::string text = "strongroom-partition: " + std::string(line) + "\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

void say_if_internal(const Error& error) {
  if (error.code == Errc::kInternal) say("internal error: " + error.message + " " + error.detail);
}

void end_process(std::string_view reason) {
  say("ends: " + std::string(reason));
  ::_exit(kExitBadMessage);
}

}  // namespace hsm::partition
