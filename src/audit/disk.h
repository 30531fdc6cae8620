#pragma once
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

#include "base/result.h"

namespace hsm::audit {

// Disk is the system calls that can fail while a log is written, so that tests can make them fail or count them.
struct Disk {
  std::function<ssize_t(int, const void*, std::size_t, off_t)> write = ::pwrite;
  std::function<int(int)> sync = ::fdatasync;
  std::function<int(int, off_t)> truncate = ::ftruncate;
};

// disk_failed makes an error of errno: `what` says what did not work, and on which file goes to our log only.
inline std::unexpected<Error> disk_failed(const std::string& what, const std::filesystem::path& file = {}) {
  const std::string reason = std::generic_category().message(errno);
  return fail(Errc::kUnavailable, "the audit log is not available", what + ' ' + file.string() + ": " + reason);
}

}  // namespace hsm::audit
