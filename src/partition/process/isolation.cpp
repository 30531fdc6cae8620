#include "partition/process/isolation.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"

namespace hsm::partition {
namespace {

bool write_file(const char* path, const std::string& text) {
  const Fd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.valid() && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// enter_namespaces needs no privilege where unprivileged user namespaces are allowed. Without a user namespace it takes
// CAP_SYS_ADMIN.
bool enter_namespaces(bool own_user) {
  constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  const std::string user = std::to_string(::geteuid()), group = std::to_string(::getegid());
  if (!own_user || ::unshare(CLONE_NEWUSER | kNamespaces) != 0) return ::unshare(kNamespaces) == 0;
  return write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", "0 " + user + " 1") &&
         write_file("/proc/self/gid_map", "0 " + group + " 1");
}

// empty_root leaves a read-only file system without a single file. /proc is only the place to mount it at.
bool empty_root() {
  constexpr unsigned long kFlags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", "/proc", "tmpfs", kFlags, "size=4k,nr_inodes=1,mode=0") == 0 && ::chdir("/proc") == 0 &&
         ::syscall(SYS_pivot_root, ".", ".") == 0 && ::umount2(".", MNT_DETACH) == 0 && ::chdir("/") == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | kFlags, nullptr) == 0;
}

// no_files forbids every access to files by Landlock: the way that is left where mounts are forbidden.
bool no_files() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  // Rights known to each version of the interface, 1 to 5: one bit each.
  constexpr std::array<unsigned, 5> kRights{13, 14, 15, 15, 16};
  const auto known = static_cast<std::size_t>(abi) < kRights.size() ? static_cast<std::size_t>(abi) : kRights.size();
  const landlock_ruleset_attr all{.handled_access_fs = (1ULL << kRights[known - 1]) - 1};
  const Fd rules(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0)));
  return rules.valid() && ::syscall(SYS_landlock_restrict_self, rules.get(), 0) == 0;
}

bool drop_capabilities(bool keep_lock) {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // fails without privilege, where no_new_privs does the same
  }
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> left{};
  if (keep_lock) {
    left[CAP_TO_INDEX(CAP_IPC_LOCK)].effective = CAP_TO_MASK(CAP_IPC_LOCK);
    left[CAP_TO_INDEX(CAP_IPC_LOCK)].permitted = CAP_TO_MASK(CAP_IPC_LOCK);
  }
  return ::syscall(SYS_capset, &header, left.data()) == 0;
}

}  // namespace

std::vector<std::string> isolate(LockedBy locked_by) {
  const bool keep_lock = locked_by == LockedBy::kCapability;
  std::vector<std::string> missing;
  const auto need = [&missing](bool done, const char* what) {
    if (!done) missing.push_back(std::string(what) + " (" + std::strerror(errno) + ")");
  };
  const bool in_namespaces = enter_namespaces(!keep_lock);
  need(in_namespaces, "namespaces of its own");
  const bool has_empty_root = in_namespaces && empty_root();
  need(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
  if (!has_empty_root) need(no_files(), "a file system of its own");
  need(drop_capabilities(keep_lock), "no capabilities");
  return missing;
}

}  // namespace hsm::partition
