#include "control/supervisor_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "base/assert.h"
#include "partition/channel/engine_info_codec.h"

namespace hsm::control {
namespace {

using partition::ReplyHeader;
using partition::RequestHeader;

std::unexpected<Error> cannot_start(const std::string& why) {
  return fail(Errc::kUnavailable, "a partition can't be started: " + why);
}

// Inherited is the descriptors a child gets, each under its fixed number. Copies with high numbers stand between, so
// that no number is overwritten before it has been copied.
class Inherited {
 public:
  Inherited() { ::posix_spawn_file_actions_init(&actions_); }
  ~Inherited() { ::posix_spawn_file_actions_destroy(&actions_); }
  Inherited(const Inherited&) = delete;
  Inherited& operator=(const Inherited&) = delete;

  bool add(int fd, int as) {
    constexpr int kAbove = partition::kFirstBellFd + static_cast<int>(partition::kLinksMax);
    copies_.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, kAbove));
    return copies_.back().valid() && ::posix_spawn_file_actions_adddup2(&actions_, copies_.back().get(), as) == 0;
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
  std::vector<Fd> copies_;
};

// Attributes give the child default signals, and a process group of its own: a Ctrl-C at the terminal is for the
// server, which then ends its partitions in order.
class Attributes {
 public:
  Attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t all, none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

// run starts the executable with nothing of our environment, which could reach into a partition (base/loader_settings.h
// says what the one variable is for).
Result<pid_t> run(const std::string& executable, std::vector<std::string> arguments, const Inherited& inherited) {
  arguments.insert(arguments.begin(), executable);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  char bind_now[] = "LD_BIND_NOW=1";
  char* environment[] = {bind_now, nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, executable.c_str(), inherited.get(), Attributes().get(), argv.data(), environment);
  if (error != 0) return cannot_start(executable + ": " + std::strerror(error));
  return pid;
}

}  // namespace

Result<std::unique_ptr<PartitionProcess>> PartitionProcess::spawn(const std::string& executable,
                                                                  const partition::LaunchOptions& options,
                                                                  const partition::Roster& bells) {
  HSM_TRY(auto memory, partition::ChannelMemory::create(options.shape));
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return cannot_start(std::strerror(errno));
  }
  Fd ours(pair[0]);
  const Fd theirs(pair[1]);
  Inherited inherited;
  bool added = inherited.add(theirs.get(), partition::kControlFd) && inherited.add(memory->fd(), partition::kMemoryFd);
  for (std::uint32_t link = 0; link < options.shape.links; ++link) {
    added = added && inherited.add(bells.bell(link), partition::kFirstBellFd + static_cast<int>(link));
  }
  if (!added) return cannot_start("no descriptors are left");
  HSM_TRY(const pid_t pid, run(executable, partition::to_arguments(options), inherited));
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  HSM_ASSERT(pidfd.valid());  // Linux 5.3; the child is ours and not reaped yet
  memory->close_fd();
  return std::unique_ptr<PartitionProcess>(
      new PartitionProcess(pid, std::move(pidfd), std::move(ours), std::move(memory)));
}

PartitionProcess::~PartitionProcess() {
  if (reaped_) return;
  close_control();
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  constexpr int kExitTimeoutMs = 2000;
  if (::poll(&ended, 1, kExitTimeoutMs) != 1) kill();
  reap();
}

Result<core::EngineInfo> PartitionProcess::await_ready() {
  const auto word = receive();
  if (!word) return cannot_start(word.error().message);
  return partition::decode_engine_info(word->reveal());
}

Status PartitionProcess::send(partition::MessageType type, ByteView body) {
  const RequestHeader header{.body_bytes = static_cast<std::uint32_t>(body.size()), .type = type};
  Bytes datagram(sizeof header + body.size());
  std::memcpy(datagram.data(), &header, sizeof header);
  if (!body.empty()) std::memcpy(datagram.data() + sizeof header, body.data(), body.size());
  if (::send(control_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) < 0) {
    return fail(Errc::kUnavailable, "the partition has ended");
  }
  return {};
}

Result<SecretBytes> PartitionProcess::receive() {
  pollfd ready{.fd = control_.get(), .events = POLLIN, .revents = 0};
  constexpr auto kTimeoutMs = std::chrono::duration_cast<std::chrono::milliseconds>(kControlTimeout).count();
  if (::poll(&ready, 1, static_cast<int>(kTimeoutMs)) != 1) return fail(Errc::kUnavailable, "the partition is silent");
  SecretBytes datagram(partition::kControlBytesMax);
  const ssize_t got = ::recv(control_.get(), datagram.writable().data(), datagram.size(), MSG_TRUNC);
  if (got <= 0) return fail(Errc::kUnavailable, "the partition has ended");
  const auto size = static_cast<std::size_t>(got);
  ReplyHeader header;
  if (size < sizeof header || size > datagram.size()) return fail(Errc::kInternal, "malformed word of a partition");
  std::memcpy(&header, datagram.reveal().data(), sizeof header);
  const ByteView body = datagram.reveal().first(size).subspan(sizeof header);
  if (header.body_bytes != body.size() || header.error > static_cast<std::uint8_t>(Errc::kCount_)) {
    return fail(Errc::kInternal, "malformed word of a partition");
  }
  if (header.error != 0) return fail(static_cast<Errc>(header.error - 1), std::string(text_of(body)));
  return SecretBytes::copy(body);
}

void PartitionProcess::kill() {
  ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
}

std::string PartitionProcess::reap() {
  siginfo_t info{};
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) != 0 && errno == EINTR) {
  }
  reaped_ = true;
  if (info.si_code == CLD_EXITED) return "exited with status " + std::to_string(info.si_status);
  const char* signal = ::sigabbrev_np(info.si_status);
  return std::string("was killed by SIG") + (signal == nullptr ? "?" : signal);
}

}  // namespace hsm::control
