#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "partition/channel/channel_memory.h"

namespace hsm::control {

// A thread that has work and makes no headway for so long is stuck. Long jobs run at low priority and may be starved
// for a while on a busy machine.
inline constexpr std::chrono::seconds kStuckAfter{15};
inline constexpr std::chrono::seconds kLongJobStuckAfter{600};

// Watchdog looks at one partition's threads from outside, by what they leave in shared memory: a partition that is
// stopped or caught in a loop is as dead as one that has ended, and requests wait on it.
class Watchdog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Watchdog(const partition::ChannelMemory& memory, TimePoint now);
  // stuck looks at it now; call it about once a second.
  bool stuck(const partition::ChannelMemory& memory, TimePoint now);

 private:
  struct Thread {
    std::uint32_t turns;
    TimePoint since;
  };
  std::vector<Thread> threads_;
};

}  // namespace hsm::control
