#pragma once
#include <cstdint>

#include "base/result.h"

namespace hsm::partition {

// What lets a process lock more memory later, when it maps some.
enum class LockedBy : std::uint8_t {
  kLimit,       // RLIMIT_MEMLOCK is unlimited, or could be made so
  kCapability,  // CAP_IPC_LOCK, which must then be kept
};

// lock_memory keeps everything this process has or will map out of swap, as it is touched. kUnavailable: neither of the
// two is there; the message says what to do. Call it before anything secret exists.
Result<LockedBy> lock_memory();

}  // namespace hsm::partition
