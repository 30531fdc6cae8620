#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "audit/log.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

using test::config_in;
using test::events;
using test::first_file;
using test::open_log;
using test::signer_with;
using test::TemporaryDirectory;
using test::verified;

void expect_intact(const std::filesystem::path& directory, std::uint64_t records) {
  const VerifyReport report = verified(directory);
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.records, records);
  EXPECT_EQ(report.recoveries, 0U);
}

class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(DiskFailure, AFullDiskRefusesRequestsAndLeavesNoHalfLine) {
  TemporaryDirectory directory;
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->append_durable(events(2)));
    const std::string before = test::read_file(first_file(directory.path()));
    for (const std::uint64_t room : {0, 1, 300, 1500}) {
      const FileSizeLimit limit(before.size() + room);
      EXPECT_EQ(log->append(events(3)).error().code, Errc::kUnavailable);
      EXPECT_EQ(log->append_durable(events(3)).error().code, Errc::kUnavailable);
      EXPECT_EQ(test::read_file(first_file(directory.path())), before) << room;
    }
    EXPECT_EQ(log->statistics().refused, 8U);
    EXPECT_TRUE(log->append_durable(events(2)));
  }
  expect_intact(directory.path(), 4);
}

TEST(DiskFailure, AShortWriteIsTakenBack) {
  TemporaryDirectory directory;
  bool full = false;
  {
    LogConfig config = config_in(directory.path());
    config.disk.write = [&full](int fd, const void* data, std::size_t size, off_t at) {
      return ::pwrite(fd, data, full ? size / 2 : size, at);
    };
    const auto log = open_log(config);
    ASSERT_TRUE(log->set_signer(signer_with()));
    full = true;
    EXPECT_FALSE(log->append(events(2)));  // the file's first write
    EXPECT_EQ(test::read_file(first_file(directory.path())), "");
    full = false;
    EXPECT_TRUE(log->append(events(1)));
    full = true;
    EXPECT_FALSE(log->append(events(9)));
    full = false;
    EXPECT_TRUE(log->append(events(1)));
  }
  expect_intact(directory.path(), 2);
}

TEST(DiskFailure, NothingIsWrittenBehindAHalfLineThatCannotBeTakenBack) {
  TemporaryDirectory directory;
  bool broken = false;
  {
    LogConfig config = config_in(directory.path());
    config.disk.write = [&broken](int fd, const void* data, std::size_t size, off_t at) {
      return ::pwrite(fd, data, broken ? size / 2 : size, at);
    };
    config.disk.truncate = [&broken](int fd, off_t size) {
      errno = EIO;
      return broken ? -1 : ::ftruncate(fd, size);
    };
    const auto log = open_log(config);
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->append(events(1)));
    broken = true;
    EXPECT_FALSE(log->append(events(4)));
    EXPECT_FALSE(log->append(events(1)));
    broken = false;
    EXPECT_TRUE(log->append(events(1)));
  }
  expect_intact(directory.path(), 2);
}

// fdatasync reports a failure once, and the kernel may have dropped the pages: it must not be taken for done later.
TEST(DiskFailure, AfterAFailedFlushNothingIsTakenUntilAllIsWrittenAgain) {
  TemporaryDirectory directory;
  std::atomic<bool> broken = false;
  std::atomic<std::size_t> bytes_written = 0;
  {
    LogConfig config = config_in(directory.path());
    config.retry_delay = std::chrono::milliseconds(1);
    config.disk.sync = [&broken](int fd) {
      errno = EIO;
      return broken ? -1 : ::fdatasync(fd);
    };
    config.disk.write = [&bytes_written](int fd, const void* data, std::size_t size, off_t at) {
      bytes_written += size;
      return ::pwrite(fd, data, size, at);
    };
    const auto log = open_log(config);
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->append_durable(events(1)));
    broken = true;
    const std::size_t before = bytes_written;
    const std::size_t size_before = test::read_file(first_file(directory.path())).size();
    EXPECT_EQ(log->append_durable(events(1)).error().code, Errc::kUnavailable);
    const std::size_t line = test::read_file(first_file(directory.path())).size() - size_before;
    EXPECT_EQ(log->append(events(1)).error().code, Errc::kUnavailable);
    EXPECT_EQ(log->checkpoint().error().code, Errc::kUnavailable);
    broken = false;
    while (!log->append(events(1))) std::this_thread::yield();
    EXPECT_GE(bytes_written, before + 3 * line) << "the failed line was not written again";
  }
  expect_intact(directory.path(), 3);  // the event that was refused is there: it may be, it need not
}

TEST(DiskFailure, ADiskThatTakesNothingIsNotWaitedForWithoutBound) {
  TemporaryDirectory directory;
  std::atomic<bool> hangs = true;
  LogConfig config = config_in(directory.path());
  config.flush_delay = std::chrono::milliseconds(0);
  config.disk.sync = [&hangs](int fd) {
    while (hangs) std::this_thread::yield();
    return ::fdatasync(fd);
  };
  config.disk.write = [](int, const void*, std::size_t size, off_t) { return static_cast<ssize_t>(size); };
  config.disk.truncate = [](int, off_t) { return 0; };
  const auto log = open_log(config);
  const auto many = events(5000);
  std::size_t taken = 0;
  while (log->append(many)) ASSERT_LT(++taken, 100U);
  EXPECT_GT(taken, 1U);
  hangs = false;
}

TEST(DiskFailure, ADirectoryThatCannotBeMadeIsUnavailable) {
  TemporaryDirectory directory;
  test::write_file(directory.path() / "file", "");
  const test::FixedClock clock;
  const auto log = FileAuditLog::open(config_in(directory.path() / "file" / "log"), clock);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace hsm::audit
