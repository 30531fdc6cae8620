#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "audit/log.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

using test::config_in;
using test::events;
using test::open_log;
using test::TemporaryDirectory;

TEST(Durability, AppendDoesNotWaitForTheDisk) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->append(events(1)));
  EXPECT_EQ(log->statistics().flushes, 0U);
}

TEST(Durability, WhatIsAppendedIsFlushedSoonAfter) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  config.flush_delay = std::chrono::milliseconds(1);
  std::promise<void> flushed;
  config.disk.sync = [&flushed, first = true](int fd) mutable {
    if (std::exchange(first, false)) flushed.set_value();
    return ::fdatasync(fd);
  };
  const auto log = open_log(config);
  ASSERT_TRUE(log->append(events(1)));
  flushed.get_future().wait();
}

TEST(Durability, AppendDurableReturnsAfterAFlushOfItsRecords) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  std::atomic<int> written = 0;
  std::atomic<int> flushed = 0;
  config.disk.write = [&written](int fd, const void* data, std::size_t size, off_t at) {
    ++written;
    return ::pwrite(fd, data, size, at);
  };
  config.disk.sync = [&written, &flushed](int fd) {
    const int before = written;
    const int result = ::fdatasync(fd);
    flushed = before;
    return result;
  };
  const auto log = open_log(config);
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(log->append_durable(events(1)));
    EXPECT_GE(flushed, i);
  }
}

TEST(Durability, StrictModeFlushesEveryAppend) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  config.strict = true;
  const auto log = open_log(config);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(log->append(events(1)));
    EXPECT_EQ(log->statistics().flushes, i);
  }
}

// While the disk is busy with one flush everybody else writes; the next flush is for all of them.
TEST(Durability, WaitersShareAFlush) {
  TemporaryDirectory directory;
  constexpr int kThreads = 16;
  LogConfig config = config_in(directory.path());
  std::atomic<int> written = 0;
  config.disk.write = [&written](int fd, const void* data, std::size_t size, off_t at) {
    ++written;
    return ::pwrite(fd, data, size, at);
  };
  config.disk.sync = [&written](int fd) {
    while (written < kThreads) std::this_thread::yield();
    return ::fdatasync(fd);
  };
  const auto log = open_log(config);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back([&log] { EXPECT_TRUE(log->append_durable(events(1))); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(log->statistics().flushes, 2U);
}

}  // namespace
}  // namespace hsm::audit
