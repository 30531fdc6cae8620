#include "audit/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>

#include "audit/line.h"
#include "tests/audit/log_fixture.h"

namespace hsm::audit {
namespace {

using test::config_in;
using test::event;
using test::events;
using test::open_log;
using test::signer_with;
using test::TemporaryDirectory;
using test::verified;

TEST(Log, BeginsWithAHeaderThatNamesTheKey) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->set_signer(signer_with(1)));
  ASSERT_TRUE(log->append(events(1)));
  const auto lines = test::lines_of(test::read_file(test::first_file(directory.path())));
  ASSERT_EQ(lines.size(), 2U);
  const auto header = parse_segment(parse_line(lines[0])->members);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->number, 1U);
  EXPECT_EQ(header->public_key, signer_with(1).public_key);
}

TEST(Log, IsReadableByItsOwnerAlone) {
  TemporaryDirectory parent;
  const auto log = open_log(config_in(parent.path() / "log"));
  ASSERT_TRUE(log->append(events(1)));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(parent.path() / "log").permissions(), perms::owner_all);
  EXPECT_EQ(std::filesystem::status(test::first_file(parent.path() / "log")).permissions(),
            perms::owner_read | perms::owner_write);
}

TEST(Log, OneCallIsOneWrite) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  int writes = 0;
  config.disk.write = [&writes](int fd, const void* data, std::size_t size, off_t at) {
    ++writes;
    return ::pwrite(fd, data, size, at);
  };
  const auto log = open_log(config);
  ASSERT_TRUE(log->append(events(50)));
  EXPECT_EQ(writes, 1);
}

TEST(Log, NothingToSayWritesNothing) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->append({}));
  ASSERT_TRUE(log->append_durable({}));
  EXPECT_EQ(log->statistics().last_sequence, 0U);
}

TEST(Log, ManyThreadsLeaveNoGapInTheSequence) {
  TemporaryDirectory directory;
  constexpr int kThreads = 8;
  constexpr int kCalls = 100;
  {
    LogConfig config = config_in(directory.path());
    config.segment_bytes_max = 64 * 1024;
    config.checkpoint_records = 100;
    const auto log = open_log(config);
    ASSERT_TRUE(log->set_signer(signer_with()));
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < kCalls; ++i) {
          EXPECT_TRUE(i % 10 == 0 ? log->append_durable(events(1))
                                  : log->append(events(static_cast<std::size_t>(t % 3))));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_GT(report.files, 2U);
  EXPECT_EQ(report.records, kThreads * kCalls / 10 + (3 * 0 + 3 * 1 + 2 * 2) * kCalls * 9 / 10);
  EXPECT_EQ(report.unsigned_records, 0U);
}

TEST(Log, AFullFileIsFollowedByTheNext) {
  TemporaryDirectory directory;
  {
    LogConfig config = config_in(directory.path());
    config.segment_bytes_max = 1;
    const auto log = open_log(config);
    ASSERT_TRUE(log->set_signer(signer_with()));
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(log->append_durable(events(1)));
  }
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "audit-00000004.jsonl"));
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.records, 4U);
}

TEST(Log, IsContinuedWhenItIsOpenedAgain) {
  TemporaryDirectory directory;
  for (int round = 0; round < 3; ++round) {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->append(events(2)));
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.records, 6U);
  EXPECT_EQ(report.recoveries, 0U) << "a clean end is no crash";
}

TEST(Log, OpeningAndClosingAddsNothing) {
  TemporaryDirectory directory;
  std::string content;
  for (int round = 0; round < 3; ++round) {
    {
      const auto log = open_log(config_in(directory.path()));
      ASSERT_TRUE(log->set_signer(signer_with()));
      if (round == 0) {
        ASSERT_TRUE(log->append(events(1)));
      }
    }
    if (round == 0) content = test::read_file(test::first_file(directory.path()));
    EXPECT_EQ(test::read_file(test::first_file(directory.path())), content);
  }
}

TEST(Log, HasOneWriter) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  const test::FixedClock clock;
  const auto second = FileAuditLog::open(config_in(directory.path()), clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kConflict);
}

TEST(Log, RefusesEventsOnceItIsClosed) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->close());
  EXPECT_EQ(log->append(events(1)).error().code, Errc::kUnavailable);
  EXPECT_EQ(log->append_durable(events(1)).error().code, Errc::kUnavailable);
}

TEST(Checkpoint, VouchesForAllLinesBeforeIt) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->set_signer(signer_with()));
  ASSERT_TRUE(log->append(events(5)));
  ASSERT_TRUE(log->checkpoint());
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.signed_until, 6U);  // the header, too
  EXPECT_EQ(report.public_key, signer_with().public_key);
  EXPECT_TRUE(report.end_known);
}

TEST(Checkpoint, IsNotMadeWhenNothingIsNew) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->set_signer(signer_with()));
  ASSERT_TRUE(log->append(events(1)));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->checkpoint());
  EXPECT_EQ(log->statistics().checkpoints, 1U);
}

TEST(Checkpoint, WaitsForTheKeyAndThenVouchesForWhatCameBefore) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  ASSERT_TRUE(log->append(events(3)));
  EXPECT_EQ(log->checkpoint().error().code, Errc::kUnavailable);
  ASSERT_TRUE(log->set_signer(signer_with()));
  ASSERT_TRUE(log->checkpoint());
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.unsigned_records, 0U);
}

TEST(Checkpoint, IsMadeByItselfAfterSoManyRecords) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  config.checkpoint_records = 10;
  const auto log = open_log(config);
  std::promise<void> signed_once;
  Signer signer = signer_with();
  signer.sign = [&signed_once, sign = signer.sign, first = true](ByteView message) mutable {
    if (std::exchange(first, false)) signed_once.set_value();
    return sign(message);
  };
  ASSERT_TRUE(log->set_signer(signer));
  ASSERT_TRUE(log->append(events(5)));
  ASSERT_TRUE(log->append(events(5)));
  signed_once.get_future().wait();
}

TEST(Checkpoint, IsMadeByItselfAfterAWhile) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  config.checkpoint_delay = std::chrono::milliseconds(1);
  const auto log = open_log(config);
  std::promise<void> signed_once;
  Signer signer = signer_with();
  signer.sign = [&signed_once, sign = signer.sign, first = true](ByteView message) mutable {
    if (std::exchange(first, false)) signed_once.set_value();
    return sign(message);
  };
  ASSERT_TRUE(log->set_signer(signer));
  ASSERT_TRUE(log->append(events(1)));
  signed_once.get_future().wait();
}

TEST(Checkpoint, RequestsGoOnWhileAPartitionSigns) {
  TemporaryDirectory directory;
  {
    const auto log = open_log(config_in(directory.path()));
    std::latch signing(1);
    std::latch go_on(1);
    Signer signer = signer_with();
    signer.sign = [&signing, &go_on, sign = signer.sign, first = true](ByteView message) mutable {
      if (std::exchange(first, false)) {
        signing.count_down();
        go_on.wait();
      }
      return sign(message);
    };
    ASSERT_TRUE(log->set_signer(signer));
    ASSERT_TRUE(log->append(events(2)));
    std::thread checkpointer([&log] { EXPECT_TRUE(log->checkpoint()); });
    signing.wait();
    EXPECT_TRUE(log->append(events(3)));
    EXPECT_TRUE(log->append_durable(events(1)));
    go_on.count_down();
    checkpointer.join();
    EXPECT_EQ(verified(directory.path()).unsigned_records, 4U);
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.unsigned_records, 0U);
}

TEST(Checkpoint, AFailingPartitionDoesNotStopTheLog) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  bool works = false;
  Signer signer = signer_with();
  signer.sign = [&works, sign = signer.sign](ByteView message) -> Result<Bytes> {
    if (!works) return fail(Errc::kUnavailable, "no partition");
    return sign(message);
  };
  ASSERT_TRUE(log->set_signer(signer));
  ASSERT_TRUE(log->append(events(1)));
  EXPECT_FALSE(log->checkpoint());
  EXPECT_TRUE(log->append_durable(events(1)));
  works = true;
  EXPECT_TRUE(log->checkpoint());
  EXPECT_EQ(verified(directory.path()).unsigned_records, 0U);
}

TEST(Checkpoint, AWrongSignatureNeverEntersTheLog) {
  TemporaryDirectory directory;
  const auto log = open_log(config_in(directory.path()));
  Signer signer = signer_with(1);
  signer.sign = signer_with(2).sign;
  ASSERT_TRUE(log->set_signer(signer));
  ASSERT_TRUE(log->append(events(1)));
  EXPECT_EQ(log->checkpoint().error().code, Errc::kInternal);
  EXPECT_EQ(log->statistics().last_sequence, 2U);
}

TEST(Checkpoint, ALogHasOneKey) {
  TemporaryDirectory directory;
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with(1)));
    ASSERT_TRUE(log->append(events(1)));
  }
  const auto log = open_log(config_in(directory.path()));
  EXPECT_EQ(log->set_signer(signer_with(2)).error().code, Errc::kConflict);
  EXPECT_EQ(log->set_signer({Bytes(31), {}}).error().code, Errc::kBadParameter);
  EXPECT_TRUE(log->set_signer(signer_with(1)));
}

// The outbox may hold the record of a change that the client was told had failed: its refusal must not stand for it.
TEST(RecentIds, AreOfSuccessesAlone) {
  TemporaryDirectory directory;
  {
    const auto log = open_log(config_in(directory.path()));
    auto all = events(4);
    all[0].http_status = 503;
    all[1].http_status = 201;
    all[3].http_status = 404;
    ASSERT_TRUE(log->append(all));
  }
  EXPECT_THAT(open_log(config_in(directory.path()))->recent_correlation_ids(), testing::ElementsAre("id-1", "id-2"));
}

TEST(RecentIds, AreThoseOfTheLastRecordsAcrossFiles) {
  TemporaryDirectory directory;
  LogConfig config = config_in(directory.path());
  {
    const auto log = open_log(config);
    ASSERT_TRUE(log->append(events(4, "old-")));
  }
  config.segment_bytes_max = 1;
  {
    const auto log = open_log(config);
    EXPECT_THAT(log->recent_correlation_ids(), testing::ElementsAre("old-0", "old-1", "old-2", "old-3"));
    ASSERT_TRUE(log->append_durable(events(1, "last-of-file-")));
    ASSERT_TRUE(log->append(events(2, "new-")));
  }
  config.recent_ids_max = 4;
  const auto log = open_log(config);
  EXPECT_THAT(log->recent_correlation_ids(), testing::ElementsAre("old-3", "last-of-file-0", "new-0", "new-1"));
}

}  // namespace
}  // namespace hsm::audit
