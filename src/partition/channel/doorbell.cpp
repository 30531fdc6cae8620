#include "partition/channel/doorbell.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

namespace hsm::partition {

// Not FUTEX_PRIVATE_FLAG: the two sides are different processes.

void Doorbell::ring() {
  rings.fetch_add(1, std::memory_order_seq_cst);
  ::syscall(SYS_futex, &rings, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void Doorbell::sleep(std::uint32_t seen) {
  ::syscall(SYS_futex, &rings, FUTEX_WAIT, seen, nullptr, nullptr, 0);  // any return may be early: the caller looks
}

void AlarmRinger::ring_if_armed() {
  const std::uint32_t armed = alarm_->armed.load(std::memory_order_seq_cst);
  if (armed == 0 || armed == answered_) return;
  answered_ = armed;
  ring_event(event_fd_);
}

void ring_event(int event_fd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_fd, &one, sizeof one);  // fails only when already readable
}

}  // namespace hsm::partition
