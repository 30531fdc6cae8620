#include "api/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace hsm::api {
namespace {

using Work = std::move_only_function<void()>;

TEST(WorkerPool, RunsWhatItTakes) {
  std::atomic<int> ran = 0;
  std::promise<void> last;
  WorkerPool pool(2, 100);
  for (int i = 0; i < 50; ++i) {
    Work work = [&ran, &last] {
      if (++ran == 50) last.set_value();
    };
    ASSERT_TRUE(pool.submit(work));
  }
  last.get_future().wait();
  EXPECT_EQ(ran, 50);
}

TEST(WorkerPool, RefusesWhatDoesNotFitAndLeavesItWhole) {
  std::promise<void> begun;
  std::promise<void> release;
  WorkerPool pool(1, 1);
  Work blocking = [&begun, wait = release.get_future()] {
    begun.set_value();
    wait.wait();
  };
  ASSERT_TRUE(pool.submit(blocking));
  begun.get_future().wait();
  Work waiting = [] {};
  ASSERT_TRUE(pool.submit(waiting));
  bool ran = false;
  Work refused = [&ran] { ran = true; };
  EXPECT_FALSE(pool.submit(refused));
  ASSERT_TRUE(refused != nullptr);
  refused();  // the caller still has it, and answers 429
  EXPECT_TRUE(ran);
  release.set_value();
}

TEST(WorkerPool, ItsEndWaitsForWhatRunsAndDropsTheRest) {
  std::promise<void> begun;
  std::promise<void> release;
  std::atomic<bool> ended = false;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  {
    WorkerPool pool(1, 10);
    Work running = [&begun, &ended, wait = release.get_future()] {
      begun.set_value();
      wait.wait();
      ended = true;
    };
    ASSERT_TRUE(pool.submit(running));
    begun.get_future().wait();
    Work dropped = [kept = std::move(held)] {};
    ASSERT_TRUE(pool.submit(dropped));
    release.set_value();
  }
  EXPECT_TRUE(ended);
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace hsm::api
