#include "partition/process/sandbox.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

namespace hsm::partition {
namespace {

// What a running partition needs. All threads run and OpenSSL is warm by now, so the list is short; none of these names
// a file, an address or another process.
constexpr auto kAllowed = std::to_array<int>({
    SCMP_SYS(futex),     // sleeping and waking
    SCMP_SYS(write),     // eventfds, standard error
    SCMP_SYS(recvfrom),  // the control socket, the only one there is
    SCMP_SYS(sendto),
    SCMP_SYS(getrandom),  // OpenSSL's generator
    SCMP_SYS(getpid),     // and its detection of forks
    SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime),  // where the clock can't be read without a call
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(brk),  // memory
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigprocmask),  // abort() on a failed assertion
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
});

struct ReleaseFilter {
  void operator()(scmp_filter_ctx filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

bool allow(const Filter& filter, int call, std::initializer_list<scmp_arg_cmp> arguments) {
  return seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, static_cast<unsigned>(arguments.size()),
                                arguments.begin()) == 0;
}

scmp_arg_cmp has_bits(unsigned argument, std::uint64_t mask, std::uint64_t bits) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = bits};
}
scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

bool load_filter() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter) return false;
  const auto self = static_cast<std::uint64_t>(::getpid());
  return seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
         seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
         std::ranges::all_of(kAllowed, [&filter](int call) { return allow(filter, call, {}); }) &&
         // Memory: anonymous, and never executable.
         allow(filter, SCMP_SYS(mmap), {has_bits(2, PROT_EXEC, 0), has_bits(3, MAP_ANONYMOUS, MAP_ANONYMOUS)}) &&
         allow(filter, SCMP_SYS(mprotect), {has_bits(2, PROT_EXEC, 0)}) &&
         // A signal to itself, for abort().
         allow(filter, SCMP_SYS(tgkill), {equals(0, self)}) && seccomp_load(filter.get()) == 0;
}

}  // namespace

void close_inherited(int first, int count) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) ::close(nothing);
  if (first > STDERR_FILENO + 1) {
    ::close_range(STDERR_FILENO + 1, static_cast<unsigned>(first - 1), 0);
  }
  ::close_range(static_cast<unsigned>(first + count), ~0U, 0);
}

Status enter_sandbox() {
  const rlimit none{};
  const bool prepared = ::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
                        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
  if (!prepared || !load_filter()) {
    return fail(Errc::kUnavailable, std::string("the sandbox can't be entered: ") + std::strerror(errno));
  }
  return {};
}

}  // namespace hsm::partition
