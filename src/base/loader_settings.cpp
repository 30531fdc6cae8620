#include "base/loader_settings.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace hsm {

void apply_loader_settings(char** arguments) {
  if (std::getenv("LD_BIND_NOW") != nullptr) return;
  ::setenv("LD_BIND_NOW", "1", 1);
  ::setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=200", 0);
  // By its real path, since a process is named after what was executed.
  std::error_code error;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe", error).string();
  ::execv(self.c_str(), arguments);  // on failure go on: it is one fence of several
}

}  // namespace hsm
