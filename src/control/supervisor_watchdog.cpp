#include "control/supervisor_watchdog.h"

namespace hsm::control {

Watchdog::Watchdog(const partition::ChannelMemory& memory, TimePoint now) {
  for (std::uint32_t i = 0; i < memory.shape().threads(); ++i) threads_.push_back({memory.turns(i), now});
}

bool Watchdog::stuck(const partition::ChannelMemory& memory, TimePoint now) {
  bool any = false;
  for (std::uint32_t i = 0; i < threads_.size(); ++i) {
    const std::uint32_t turns = memory.turns(i);
    if (turns != threads_[i].turns || memory.idle(i)) threads_[i] = {turns, now};
    const auto patience = i == memory.shape().long_thread() ? kLongJobStuckAfter : kStuckAfter;
    any = any || now - threads_[i].since >= patience;
  }
  return any;
}

}  // namespace hsm::control
