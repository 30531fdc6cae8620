#include "partition/process/locked_memory.h"

#include <linux/capability.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

namespace hsm::partition {

namespace {

// The limit counts what is mapped, and is asked again at each later mapping: so it must be unlimited, not just large
// enough for now.
bool make_limit_unlimited() {
  const rlimit unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  return ::setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0;
}

// A thread's heap that is trimmed makes the C library look into /proc/sys/vm/overcommit_memory (malloc/arena.c,
// check_may_shrink_heap), and the sandbox ends whoever opens a file. Nothing above this is ever freed at once.
void keep_freed_memory() {
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

bool has_lock_capability() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  return ::syscall(SYS_capget, &header, data.data()) == 0 &&
         (data[CAP_TO_INDEX(CAP_IPC_LOCK)].effective & CAP_TO_MASK(CAP_IPC_LOCK)) != 0;
}

}  // namespace

Result<LockedBy> lock_memory() {
  keep_freed_memory();
  const bool unlimited = make_limit_unlimited();
  if (!unlimited && !has_lock_capability()) {
    rlimit limit{};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    return fail(Errc::kUnavailable, "memory that holds keys can't be locked: the limit on locked memory is " +
                                        std::to_string(limit.rlim_max / 1024) +
                                        " KiB. Start it with LimitMEMLOCK=infinity (systemd) or `prlimit "
                                        "--memlock=unlimited`, or allow unlocked memory for development");
  }
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    return fail(Errc::kUnavailable, std::string("memory that holds keys can't be locked: ") + std::strerror(errno));
  }
  return unlimited ? LockedBy::kLimit : LockedBy::kCapability;
}

}  // namespace hsm::partition
