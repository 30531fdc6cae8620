#include "control/ticker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace hsm::control {
namespace {

constexpr std::chrono::hours kNever{1'000};

TEST(Ticker, CallsAtOnce) {
  std::promise<void> called;
  const Ticker ticker(kNever, [&called](const std::stop_token&) { called.set_value(); });
  called.get_future().wait();
}

TEST(Ticker, CallsAgainAfterEachInterval) {
  std::latch four_times(4);
  std::atomic<int> calls = 0;
  const Ticker ticker(std::chrono::milliseconds(1), [&four_times, &calls](const std::stop_token&) {
    if (++calls <= 4) four_times.count_down();
  });
  four_times.wait();
}

TEST(Ticker, EndsBetweenTwoCallsHoweverLongTheInterval) {
  std::promise<void> called;
  {
    const Ticker ticker(kNever, [&called](const std::stop_token&) { called.set_value(); });
    called.get_future().wait();
  }
}

TEST(Ticker, TellsACallThatRunsToStopAndWaitsForIt) {
  std::promise<void> running;
  std::atomic<bool> ended = false;
  {
    const Ticker ticker(kNever, [&running, &ended](const std::stop_token& stop) {
      running.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      ended = true;
    });
    running.get_future().wait();
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace hsm::control
