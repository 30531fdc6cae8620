// The fences round a partition: what the kernel reports of the real process, and what happens to code that tries to
// climb over them. The latter runs in a forked child of the test, which enters the same sandbox.
#include "partition/process/sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "partition/process/isolation.h"
#include "tests/boundary/instance_fixture.h"

namespace hsm {
namespace {

// in_sandbox forks, enters the sandbox, runs `act` and tells how the child ended: 0 for an exit, else the signal.
int in_sandbox(void (*act)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    partition::close_inherited(3, 1);
    if (!partition::enter_sandbox()) ::_exit(99);
    act();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 99) << "no sandbox";
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST(Sandbox, AForbiddenCallIsDeath) {
  const struct {
    const char* name;
    void (*act)();
  } cases[] = {
      {"open", [] { ::open("/etc/passwd", O_RDONLY); }},
      {"create", [] { ::open("/tmp/leak", O_WRONLY | O_CREAT, 0600); }},
      {"read",
       [] {
         char byte;
         (void)!::read(0, &byte, 1);
       }},
      {"stat",
       [] {
         struct stat s;
         ::stat("/", &s);
       }},
      {"socket", [] { ::socket(AF_INET, SOCK_STREAM, 0); }},
      {"unix socket", [] { ::socket(AF_UNIX, SOCK_STREAM, 0); }},
      {"connect", [] { ::connect(3, nullptr, 0); }},
      {"execve", [] { ::execl("/bin/true", "true", nullptr); }},
      {"fork", [] { ::fork(); }},
      {"thread", [] { ::syscall(SYS_clone3, nullptr, 0); }},
      {"kill another", [] { ::kill(1, 0); }},
      {"signal another", [] { ::syscall(SYS_tgkill, 1, 1, 0); }},
      {"trace", [] { ::ptrace(PTRACE_TRACEME, 0, 0, 0); }},
      {"read another's memory", [] { ::process_vm_readv(1, nullptr, 0, nullptr, 0, 0); }},
      {"executable memory", [] { ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
      {"make executable", [] { ::mprotect(nullptr, 4096, PROT_EXEC); }},
      {"map a file", [] { ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, 3, 0); }},
      {"shared memory", [] { ::memfd_create("x", 0); }},
      {"dumpable again", [] { ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
      {"core dumps again",
       [] {
         const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
         ::setrlimit(RLIMIT_CORE, &all);
       }},
      {"unlock memory", [] { ::munlockall(); }},
      {"namespace", [] { ::unshare(CLONE_NEWUSER); }},
      {"become another user", [] { ::_exit(::setuid(0)); }},
      {"io_uring", [] { ::syscall(SYS_io_uring_setup, 1, nullptr); }},
      {"bpf", [] { ::syscall(SYS_bpf, 0, nullptr, 0); }},
      {"32-bit numbers", [] { ::syscall(0x40000000L | SYS_getpid); }},
  };
  for (const auto& test : cases) EXPECT_EQ(in_sandbox(test.act), SIGSYS) << test.name;
}

TEST(Sandbox, WhatIsNeededWorks) {
  EXPECT_EQ(in_sandbox([] {
              std::vector<char> memory(8 << 20);
              memory.resize(64 << 20);
              std::uint8_t random[32];
              if (::getentropy(random, sizeof random) != 0) std::abort();
              (void)!::write(2, "", 0);
            }),
            0);
  EXPECT_EQ(in_sandbox([] { std::abort(); }), SIGABRT) << "an assertion's failure shows as such";
}

TEST(Sandbox, CoversThreadsThatRanBefore) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::atomic<bool> entered = false;
    std::thread old([&entered] {
      while (!entered) std::this_thread::yield();
      ::open("/etc/passwd", O_RDONLY);
    });
    if (!partition::enter_sandbox()) ::_exit(99);
    entered = true;
    old.join();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

TEST(Isolation, LeavesNoFileAndNoNetwork) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto missing = partition::isolate(partition::LockedBy::kLimit);
    if (!missing.empty()) ::_exit(50);  // this kernel forbids a part of it
    if (::open("/etc/passwd", O_RDONLY) >= 0) ::_exit(1);
    if (::open("/leak", O_WRONLY | O_CREAT, 0600) >= 0) ::_exit(2);
    if (::open("/", O_RDONLY | O_DIRECTORY) >= 0 && ::access("/proc", F_OK) == 0) ::_exit(3);
    const int udp = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_storage anywhere{};
    anywhere.ss_family = AF_INET;
    if (udp >= 0 && ::connect(udp, reinterpret_cast<sockaddr*>(&anywhere), sizeof(sockaddr_storage)) == 0) ::_exit(4);
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) ::_exit(5);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 50) GTEST_SKIP() << "the kernel or container forbids a part of it";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

class Fences : public Instance {};

TEST_F(Fences, TheKernelSeesThemRoundThePartition) {
  start_new();
  for (const pid_t pid : supervisor_->pids()) {
    EXPECT_EQ(status_of(pid, "Seccomp"), "2") << "filtered";
    EXPECT_EQ(status_of(pid, "NoNewPrivs"), "1");
    EXPECT_EQ(status_of(pid, "CapInh"), "0000000000000000");
    const std::string allowed_caps = "0000000000000000 0000000000004000";  // none, or CAP_IPC_LOCK
    EXPECT_NE(allowed_caps.find(status_of(pid, "CapEff")), std::string::npos) << status_of(pid, "CapEff");
    if (!config_.allow_unlocked_memory) {
      EXPECT_NE(status_of(pid, "VmLck"), "0 kB");
    }
    EXPECT_EQ(status_of(pid, "Threads"), "4") << "main, worker, short, long";
    const std::filesystem::path proc = "/proc/" + std::to_string(pid);
    struct stat owner{};
    ASSERT_EQ(::stat((proc / "mem").c_str(), &owner), 0);
    EXPECT_EQ(owner.st_uid, 0u) << "undumpable: /proc belongs to root";
    std::ifstream limits(proc / "limits");
    const std::string text{std::istreambuf_iterator(limits), {}};
    EXPECT_NE(text.find("Max core file size        0                    0"), std::string::npos) << text;
    for (const auto& thread : std::filesystem::directory_iterator(proc / "task")) {
      std::ifstream file(thread.path() / "status");
      const std::string status{std::istreambuf_iterator(file), {}};
      EXPECT_NE(status.find("Seccomp:\t2"), std::string::npos) << thread.path();
    }
  }
}

TEST_F(Fences, NothingIsInheritedButTheChannel) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may look: the partition is undumpable";
  const Fd secret(::open("/etc/passwd", O_RDONLY));  // without O_CLOEXEC
  ASSERT_TRUE(secret.valid());
  start_new();
  for (const pid_t pid : supervisor_->pids()) {
    std::vector<std::string> open;
    for (const auto& fd : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
      open.push_back(std::filesystem::read_symlink(fd.path()).string());
    }
    for (const std::string& target : open) {
      const bool expected = target == "/dev/null" || target.starts_with("socket:") || target.starts_with("anon_inode:");
      EXPECT_TRUE(expected || std::filesystem::read_symlink("/proc/self/fd/2") == target) << target;
    }
    EXPECT_EQ(open.size(), 3u + 1u + 2u) << "standard ones, control, two bells";
    std::ifstream environment("/proc/" + std::to_string(pid) + "/environ");
    const std::string variables{std::istreambuf_iterator(environment), {}};
    EXPECT_EQ(variables, std::string("LD_BIND_NOW=1") + '\0');
  }
}

}  // namespace
}  // namespace hsm
