#include "http/deadlines.h"

#include <gtest/gtest.h>

namespace hsm::http {
namespace {

using std::chrono::milliseconds;

struct DeadlinesTest : ::testing::Test {
  // Deadlines only carries the pointers; nothing looks behind them.
  Connection& connection(std::uintptr_t n) { return *reinterpret_cast<Connection*>(n * 64); }
  Connection* expired(milliseconds at) { return deadlines.expired(start + at, wait); }
  Limits limits{
      .request_timeout = milliseconds(20), .idle_timeout = milliseconds(100), .buffers_kept = milliseconds(10)};
  Deadlines deadlines{limits};
  const Deadlines::Time start{};
  Wait wait = Wait::kNone;
};

TEST_F(DeadlinesTest, NothingExpiresThatWaitsForTheApplication) {
  deadlines.add(connection(1));
  EXPECT_EQ(deadlines.next(), std::nullopt);
  EXPECT_EQ(expired(milliseconds(1'000'000)), nullptr);
}

TEST_F(DeadlinesTest, EachExpiresOnceAtItsTime) {
  deadlines.arm(deadlines.add(connection(1)), Wait::kRequest, start);
  EXPECT_EQ(deadlines.next(), start + milliseconds(20));
  EXPECT_EQ(expired(milliseconds(19)), nullptr);
  EXPECT_EQ(expired(milliseconds(20)), &connection(1));
  EXPECT_EQ(wait, Wait::kRequest);
  EXPECT_EQ(expired(milliseconds(20)), nullptr);
}

TEST_F(DeadlinesTest, WarmAndIdleTogetherLastTheIdleTime) {
  const auto handle = deadlines.add(connection(1));
  deadlines.arm(handle, Wait::kWarm, start);
  EXPECT_EQ(expired(milliseconds(10)), &connection(1));
  EXPECT_EQ(wait, Wait::kWarm);
  deadlines.arm(handle, Wait::kIdle, start + milliseconds(10));
  EXPECT_EQ(deadlines.next(), start + milliseconds(100));
}

TEST_F(DeadlinesTest, ArmingAgainMakesItTheLast) {
  const auto first = deadlines.add(connection(1));
  deadlines.arm(first, Wait::kIdle, start);
  deadlines.arm(deadlines.add(connection(2)), Wait::kIdle, start + milliseconds(1));
  EXPECT_EQ(deadlines.longest(Wait::kIdle), &connection(1));
  deadlines.arm(first, Wait::kIdle, start + milliseconds(2));
  EXPECT_EQ(deadlines.longest(Wait::kIdle), &connection(2));
}

TEST_F(DeadlinesTest, RemovedOnesAreForgotten) {
  const auto handle = deadlines.add(connection(1));
  deadlines.arm(handle, Wait::kRequest, start);
  deadlines.remove(handle);
  EXPECT_EQ(deadlines.next(), std::nullopt);
  EXPECT_EQ(deadlines.longest(Wait::kRequest), nullptr);
}

}  // namespace
}  // namespace hsm::http
