#pragma once
#include <sys/types.h>
#include <unistd.h>

#include <functional>

namespace hsm::audit {

// Disk is the system calls that can fail while a log is written, so that tests can make them fail or count them.
struct Disk {
  std::function<ssize_t(int, const void*, std::size_t, off_t)> write = ::pwrite;
  std::function<int(int)> sync = ::fdatasync;
  std::function<int(int, off_t)> truncate = ::ftruncate;
};

}  // namespace hsm::audit
