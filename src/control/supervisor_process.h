#pragma once
#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/engine_info.h"
#include "partition/channel/launch.h"
#include "partition/channel/message.h"
#include "partition/client/roster.h"

namespace hsm::control {

// A partition that has said nothing for so long will not.
inline constexpr std::chrono::seconds kControlTimeout{10};

// PartitionProcess is one running strongroom-partition: its process, the memory shared with it, and the control socket.
// Destroyed, it is ended: the socket is closed, and what has not exited after that is killed.
class PartitionProcess {
 public:
  // spawn starts it, from the calling thread: a partition dies with the thread that started it. kUnavailable: it can't
  // be started.
  static Result<std::unique_ptr<PartitionProcess>> spawn(const std::string& executable,
                                                         const partition::LaunchOptions& options,
                                                         const partition::Roster& bells);
  ~PartitionProcess();

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }  // readable when it has ended
  const std::shared_ptr<partition::ChannelMemory>& memory() const { return memory_; }

  // await_ready returns when the partition is in its sandbox. kUnavailable: it could not start; the message is its own.
  Result<core::EngineInfo> await_ready();
  // One conversation at a time: send a request, then receive its reply.
  Status send(partition::MessageType type, ByteView body);
  Result<SecretBytes> receive();

  void close_control() { control_.reset(); }
  void kill();
  // reap waits for the end, and says in words how it came.
  std::string reap();

 private:
  PartitionProcess(pid_t pid, Fd pidfd, Fd control, std::shared_ptr<partition::ChannelMemory> memory)
      : pid_(pid), pidfd_(std::move(pidfd)), control_(std::move(control)), memory_(std::move(memory)) {}

  pid_t pid_;
  Fd pidfd_;
  Fd control_;
  std::shared_ptr<partition::ChannelMemory> memory_;
  bool reaped_ = false;
};

}  // namespace hsm::control
