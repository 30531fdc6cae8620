#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <random>
#include <set>

#include "audit/head_file.h"
#include "audit/line.h"
#include "audit/log.h"
#include "audit/segment_files.h"
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

Result<std::unique_ptr<FileAuditLog>> try_open(const std::filesystem::path& directory) {
  static const test::FixedClock clock;
  return FileAuditLog::open(config_in(directory), clock);
}

// What a killed process leaves: copies taken while the log is open, so without its last signature.
void make_killed_log(const std::filesystem::path& directory, std::size_t unsigned_records) {
  TemporaryDirectory live;
  const auto log = open_log(config_in(live.path()));
  ASSERT_TRUE(log->set_signer(signer_with()));
  ASSERT_TRUE(log->append(events(3)));
  ASSERT_TRUE(log->checkpoint());
  ASSERT_TRUE(log->append(events(unsigned_records, "late-")));
  for (const auto& entry : std::filesystem::directory_iterator(live.path())) {
    std::filesystem::copy(entry.path(), directory / entry.path().filename());
  }
}

struct Ack {
  std::uint64_t thread;
  std::uint64_t number;
};
std::string id_of(int round, const Ack& ack) {
  return std::to_string(round) + "-" + std::to_string(ack.thread) + "-" + std::to_string(ack.number);
}

[[noreturn]] void write_until_killed(const std::filesystem::path& directory, int round, int acks) {
  LogConfig config = config_in(directory);
  config.segment_bytes_max = 40'000;
  config.flush_delay = std::chrono::milliseconds(1);
  config.checkpoint_records = 20;
  const auto log = open_log(config);
  HSM_ASSERT(log->set_signer(signer_with()));
  const auto work = [&log, round, acks](std::uint64_t thread) {
    for (std::uint64_t i = 0;; ++i) {
      const Ack ack{thread, i};
      const std::vector<core::AuditEvent> one{test::event(id_of(round, ack))};
      HSM_ASSERT(i % 8 == 0 ? log->append_durable(one) : log->append(one));
      HSM_ASSERT(::write(acks, &ack, sizeof ack) == sizeof ack);
    }
  };
  std::thread other(work, 1);
  work(0);
  std::abort();
}

std::set<std::string> ids_in(const std::filesystem::path& directory) {
  std::set<std::string> ids;
  const auto files = list_segments(directory);
  for (const SegmentFile& file : *files) {
    for (const std::string& text : test::lines_of(test::read_file(file.path))) {
      const auto line = parse_line(text);
      if (line) ids.emplace(correlation_id_of(line->members));
    }
  }
  return ids;
}

// run_and_kill lets a child write until a random number of records is acknowledged, kills it, and returns what it had
// acknowledged.
std::vector<Ack> run_and_kill(const std::filesystem::path& directory, int round, std::size_t acks_wanted) {
  int acks[2];
  HSM_ASSERT(::pipe(acks) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(acks[0]);
    write_until_killed(directory, round, acks[1]);
  }
  ::close(acks[1]);
  std::vector<Ack> acknowledged;
  Ack ack{};
  while (::read(acks[0], &ack, sizeof ack) == sizeof ack) {
    acknowledged.push_back(ack);
    if (acknowledged.size() == acks_wanted) ::kill(child, SIGKILL);
  }
  ::close(acks[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  return acknowledged;
}

TEST(Crash, AKilledProcessLosesNoAcknowledgedRecord) {
  TemporaryDirectory directory;
  std::mt19937 random(2024);
  for (int round = 0; round < 30; ++round) {
    const std::vector<Ack> acknowledged = run_and_kill(directory.path(), round, 1 + random() % 150);
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->close());
    const VerifyReport report = verified(directory.path());
    ASSERT_FALSE(report.finding) << report.finding->text;
    ASSERT_EQ(report.unsigned_records, 0U);
    const std::set<std::string> ids = ids_in(directory.path());
    for (const Ack& ack : acknowledged) ASSERT_TRUE(ids.contains(id_of(round, ack))) << id_of(round, ack);
  }
}

TEST(Recovery, UnsignedLinesOfACrashAreNotedAndThenSigned) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 4);
  EXPECT_EQ(verified(directory.path()).unsigned_records, 4U);
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
    EXPECT_EQ(log->recent_correlation_ids().back(), "late-3");
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.recoveries, 1U);
  EXPECT_EQ(report.removed_bytes, 0U);
  EXPECT_EQ(report.records, 7U);
  EXPECT_EQ(report.unsigned_records, 0U);
}

// A power loss can leave any beginning of what had not reached the disk.
TEST(Recovery, ALineTornAnywhereIsRemovedAndNoted) {
  TemporaryDirectory killed;
  make_killed_log(killed.path(), 2);
  const std::string whole = test::read_file(first_file(killed.path()));
  const std::size_t last_line = whole.rfind('\n', whole.size() - 2) + 1;
  for (std::size_t size = last_line; size < whole.size(); size += size % 7 + 1) {
    test::write_file(first_file(killed.path()), whole.substr(0, size));
    TemporaryDirectory directory;
    std::filesystem::copy(killed.path(), directory.path(), std::filesystem::copy_options::recursive);
    {
      const auto log = open_log(config_in(directory.path()));
      ASSERT_TRUE(log->set_signer(signer_with()));
      ASSERT_TRUE(log->append(events(1)));
    }
    const VerifyReport report = verified(directory.path());
    ASSERT_FALSE(report.finding) << report.finding->text;
    ASSERT_EQ(report.removed_bytes, size - last_line);
    ASSERT_EQ(report.recoveries, 1U);
    ASSERT_EQ(report.records, 5U);
  }
}

TEST(Recovery, ZerosThatAFileSystemPutsIntoAGapAreRemoved) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 3);
  std::string content = test::read_file(first_file(directory.path()));
  const std::size_t gap = content.size() - 600;  // inside of the last line, or before it
  content.replace(gap, 200, std::string(200, '\0'));
  test::write_file(first_file(directory.path()), content);
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_GT(report.removed_bytes, 600U);
}

TEST(Recovery, ALogWhoseFirstLineIsTornBeginsAnew) {
  TemporaryDirectory directory;
  test::write_file(first_file(directory.path()), R"({"sequence":1,"previousHa)");
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->append(events(1)));
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.records, 1U);
  EXPECT_EQ(report.recoveries, 1U);
}

TEST(Recovery, AFileThatWasMadeButNotBegunIsContinued) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  test::write_file(directory.path() / segment_name(2), "");
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->set_signer(signer_with()));
    ASSERT_TRUE(log->append(events(1)));
  }
  const VerifyReport report = verified(directory.path());
  EXPECT_FALSE(report.finding) << report.finding->text;
  EXPECT_EQ(report.files, 2U);
  EXPECT_EQ(report.records, 4U);
}

TEST(Recovery, ALogWhoseSignedEndWasCutOffIsNotContinued) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  auto lines = test::lines_of(test::read_file(first_file(directory.path())));
  lines.resize(2);
  test::write_file(first_file(directory.path()), test::joined(lines));
  const auto log = try_open(directory.path());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Errc::kInternal);
  EXPECT_THAT(log.error().message, testing::HasSubstr("cut off"));
  EXPECT_EQ(test::read_file(first_file(directory.path())), test::joined(lines)) << "evidence was touched";
}

TEST(Recovery, ALogThatIsGoneButForItsHeadIsNotBegunAnew) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  std::filesystem::remove(first_file(directory.path()));
  EXPECT_EQ(try_open(directory.path()).error().code, Errc::kInternal);
}

TEST(Recovery, ALogThatWasWrittenAnewIsNotContinued) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  auto lines = test::lines_of(test::read_file(first_file(directory.path())));
  const std::size_t at = lines[3].find("azsdk");
  lines[3][at] = 'X';
  test::write_file(first_file(directory.path()), test::joined(lines));
  EXPECT_EQ(try_open(directory.path()).error().code, Errc::kInternal);
}

TEST(Recovery, ADamagedHeadIsNotOverwritten) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  for (const std::string content : {"", "{}", "x\n"}) {
    test::write_file(directory.path() / kHeadFileName, content);
    EXPECT_EQ(try_open(directory.path()).error().code, Errc::kInternal) << content;
    EXPECT_EQ(test::read_file(directory.path() / kHeadFileName), content);
  }
}

TEST(Recovery, AMissingHeadIsNoted) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  std::filesystem::remove(directory.path() / kHeadFileName);
  {
    const auto log = open_log(config_in(directory.path()));
  }
  const auto lines = test::lines_of(test::read_file(first_file(directory.path())));
  const auto recovery = parse_recovery(parse_line(lines.back())->members);
  ASSERT_TRUE(recovery);
  EXPECT_TRUE(recovery->head_missing);
}

TEST(Recovery, WhatWasTamperedWithIsLeftForVerifyToName) {
  TemporaryDirectory directory;
  make_killed_log(directory.path(), 0);
  auto lines = test::lines_of(test::read_file(first_file(directory.path())));
  lines[1] = "rubbish";
  test::write_file(first_file(directory.path()), test::joined(lines));
  {
    const auto log = open_log(config_in(directory.path()));
    ASSERT_TRUE(log->append(events(1)));
  }
  const VerifyReport report = verified(directory.path());
  ASSERT_TRUE(report.finding);
  EXPECT_EQ(report.finding->sequence, 2U);
  EXPECT_EQ(test::lines_of(test::read_file(first_file(directory.path())))[1], "rubbish");
}

}  // namespace
}  // namespace hsm::audit
