#pragma once
#include <atomic>
#include <cstdint>

namespace hsm::partition {

// How each side wakes the other. In both, the producer only reads the consumer's "asleep" mark and only the consumer
// changes it: a producer that cleared it would lose wake-ups (reference/measurements.md §5). And in both, the consumer
// sets its mark and then looks once more at its rings, the producer publishes and then looks at the mark; these four
// are sequentially consistent, so at least one of the two sees the other.

// Doorbell wakes a partition's thread by a futex. It lies in shared memory; several producers may ring it.
struct Doorbell {
  alignas(64) std::atomic<std::uint32_t> asleep;
  std::atomic<std::uint32_t> rings;  // the futex: counts, so that a ring between the last look and the sleep is seen
  std::atomic<std::uint32_t> turns;  // batches done, for whoever watches the consumer

  // ring is called after publishing. It costs a load if the consumer is awake.
  void ring_if_asleep() {
    if (asleep.load(std::memory_order_seq_cst) != 0) ring();
  }
  void ring();

  // sleep_unless sleeps until rung, unless `work` (called after the mark was set) says that there is something to do.
  // May return early.
  template <class Work>
  void sleep_unless(Work work) {
    const std::uint32_t seen = rings.load(std::memory_order_seq_cst);
    asleep.store(1, std::memory_order_seq_cst);
    if (!work()) sleep(seen);
    asleep.store(0, std::memory_order_seq_cst);
  }

 private:
  void sleep(std::uint32_t seen);
};

// Alarm wakes a front-end link by its eventfd, at most once for each time that it armed itself. It lies in shared
// memory. 0: awake. Else a number that the link never used before.
struct Alarm {
  alignas(64) std::atomic<std::uint32_t> armed;
};

// AlarmRinger is a partition thread's memory of which arming it has already answered.
class AlarmRinger {
 public:
  AlarmRinger(Alarm& alarm, int event_fd) : alarm_(&alarm), event_fd_(event_fd) {}
  // ring is called after publishing.
  void ring_if_armed();

 private:
  Alarm* alarm_;
  int event_fd_;
  std::uint32_t answered_ = 0;
};

// ring_event makes an eventfd readable.
void ring_event(int event_fd);

}  // namespace hsm::partition
