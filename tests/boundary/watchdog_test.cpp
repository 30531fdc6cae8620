#include <gtest/gtest.h>

#include "control/supervisor_watchdog.h"

namespace hsm::control {
namespace {

constexpr partition::ChannelShape kShape{.links = 1, .workers = 1};

// Threads that sleep with nothing to do, as after a start.
class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() {
    for (std::uint32_t i = 0; i < kShape.threads(); ++i) memory_->doorbell(i).asleep = 1;
  }
  void request_on(std::uint32_t lane) {
    partition::RingWriter ring = memory_->request_writer(lane);
    ring.write(partition::RequestHeader{}, {});
    ring.publish();
  }
  bool stuck_after(std::chrono::seconds time) { return watchdog_.stuck(*memory_, start_ + time); }

  std::shared_ptr<partition::ChannelMemory> memory_ = partition::ChannelMemory::create(kShape).value();
  const Watchdog::TimePoint start_{};
  Watchdog watchdog_{*memory_, start_};
};

TEST_F(WatchdogTest, WhoHasNothingToDoIsNotStuck) {
  EXPECT_FALSE(stuck_after(2 * kLongJobStuckAfter));
}

TEST_F(WatchdogTest, WhoDoesNotTakeARequestIsStuck) {
  request_on(0);
  EXPECT_FALSE(stuck_after(kStuckAfter - std::chrono::seconds(1)));
  EXPECT_TRUE(stuck_after(kStuckAfter));
}

TEST_F(WatchdogTest, WhoNeverFinishesABatchIsStuck) {
  memory_->doorbell(0).asleep = 0;
  EXPECT_TRUE(stuck_after(kStuckAfter));
}

TEST_F(WatchdogTest, WhoMakesHeadwayIsNotStuck) {
  memory_->doorbell(0).asleep = 0;
  for (int i = 1; i < 10; ++i) {
    ++memory_->doorbell(0).turns;
    EXPECT_FALSE(stuck_after(i * (kStuckAfter - std::chrono::seconds(1))));
  }
}

TEST_F(WatchdogTest, LongJobsHaveLonger) {
  memory_->doorbell(kShape.long_thread()).asleep = 0;
  EXPECT_FALSE(stuck_after(kLongJobStuckAfter - std::chrono::seconds(1)));
  EXPECT_TRUE(stuck_after(kLongJobStuckAfter));
}

}  // namespace
}  // namespace hsm::control
