// What is left after a crash, a power cut or a failing disk; and what a commit costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "storage/sqlite.h"
#include "tests/storage/putting.h"
#include "tests/storage/temporary_folder.h"
#include "tests/storage/test_disk.h"

namespace hsm::test {
namespace {

using storage::SqliteStore;
using testing::HasSubstr;

class SqliteDurability : public testing::Test {
 protected:
  void TearDown() override {  // the store is closed after this, and a test's hooks end with it
    disk_.before_sync({});
    disk_.before_write({});
  }
  std::string text(const std::string& path) {
    const auto record = store_->get(path).value();
    return record ? std::string(text_of(record->value)) : "(none)";
  }
  TestDisk disk_;
  TemporaryFolder folder_;
  std::unique_ptr<SqliteStore> store_ = SqliteStore::open(folder_.file("store.db")).value();
};

TEST_F(SqliteDurability, ACommitIsOnTheDiskWhenItReturns) {
  for (int i = 0; i < 10; ++i) {
    const auto path = "keys/" + std::to_string(i);
    ASSERT_TRUE(store_->commit(putting(path, "value")).has_value());
    const TemporaryFolder after;
    disk_.copy_as_after_power_cut(folder_.path(), after.path());
    const auto survivor = SqliteStore::open(after.file("store.db")).value();
    EXPECT_EQ(survivor->list("keys/", "", 100).value().size(), static_cast<std::size_t>(i + 1));
  }
}

TEST_F(SqliteDurability, APowerCutUnderLoadLosesNoAnsweredCommit) {
  constexpr int kThreads = 4;
  constexpr int kCuts = 6;
  std::array<std::atomic<int>, kThreads> answered{};
  std::atomic<bool> stop = false;
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t, &answered, &stop] {
      // Large values, so that the log is moved into the file again and again while the cuts fall.
      const Bytes value(60'000, static_cast<std::uint8_t>(t));
      for (int i = 0; !stop; ++i) {
        const auto path = std::to_string(t) + "/" + std::to_string(i);
        if (!store_->commit({.expectations = {}, .puts = {{path, value}, {path + "/twin", value}}, .deletes = {}})) {
          break;
        }
        answered[static_cast<std::size_t>(t)] = i + 1;
      }
    });
  }
  for (int cut = 0; cut < kCuts; ++cut) {
    const int wanted = answered[0] + 5;
    while (answered[0] < wanted) std::this_thread::yield();
    std::array<int, kThreads> promised{};
    for (std::size_t t = 0; t < kThreads; ++t) promised[t] = answered[t];
    const TemporaryFolder after;
    disk_.copy_as_after_power_cut(folder_.path(), after.path());
    const auto survivor = SqliteStore::open(after.file("store.db")).value();
    for (std::size_t t = 0; t < kThreads; ++t) {
      for (int i = 0; i < promised[t]; ++i) {
        const auto path = std::to_string(t) + "/" + std::to_string(i);
        EXPECT_TRUE(survivor->get(path).value().has_value()) << path;
        EXPECT_TRUE(survivor->get(path + "/twin").value().has_value()) << path;
      }
    }
  }
  stop = true;
}

TEST_F(SqliteDurability, ConcurrentCommitsShareTheWaitForTheDisk) {
  constexpr int kThreads = 16;
  constexpr int kCommits = 20;
  // The disk stands still until all threads have come, so that some must wait together.
  std::atomic<int> come = 0;
  disk_.before_sync([&come] {
    while (come < kThreads) std::this_thread::yield();
    return SQLITE_OK;
  });
  const int syncs_before = disk_.syncs();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t, &come] {
        ++come;
        for (int i = 0; i < kCommits; ++i) EXPECT_TRUE(store_->commit(putting(std::to_string(t), "v")).has_value());
      });
    }
  }
  const auto counts = store_->counts();
  EXPECT_EQ(counts.transactions, std::uint64_t{kThreads * kCommits});
  EXPECT_LT(counts.disk_writes, counts.transactions);
  EXPECT_LT(disk_.syncs() - syncs_before, kThreads * kCommits);
}

TEST_F(SqliteDurability, ACommitAloneCostsOneSync) {
  ASSERT_TRUE(store_->commit(putting("keys/a", "1")).has_value());
  const int before = disk_.syncs();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store_->commit(putting("keys/a", "2")).has_value());
  EXPECT_EQ(disk_.syncs() - before, 5);
}

TEST_F(SqliteDurability, AConflictCostsNoSync) {
  ASSERT_TRUE(store_->commit(putting("keys/a", "1")).has_value());
  const int before = disk_.syncs();
  core::Transaction transaction = putting("keys/a", "2");
  transaction.expectations.push_back({"keys/a", core::kAbsent});
  EXPECT_EQ(store_->commit(transaction).error().code, Errc::kConflict);
  EXPECT_EQ(disk_.syncs(), before);
}

TEST_F(SqliteDurability, AFailedSyncIsToldAndNothingIsSeenOfTheCommit) {
  ASSERT_TRUE(store_->commit(putting("keys/a", "old")).has_value());
  int news = 0;
  const auto watch = store_->watch("", [&news](const core::Change&) { ++news; });
  disk_.before_sync([] { return SQLITE_IOERR_FSYNC; });
  const auto commit = store_->commit(putting("keys/a", "new"));
  ASSERT_FALSE(commit.has_value());
  EXPECT_EQ(commit.error().code, Errc::kUnavailable);
  EXPECT_THAT(commit.error().detail, HasSubstr("store.db"));
  EXPECT_EQ(text("keys/a"), "old");
  EXPECT_EQ(news, 0);
}

TEST_F(SqliteDurability, AFullDiskIsToldAndOverWhenThereIsRoomAgain) {
  const auto first = store_->commit(putting("keys/a", "old")).value();
  disk_.before_write([] { return SQLITE_FULL; });
  const auto commit = store_->commit(putting("keys/a", "new"));
  ASSERT_FALSE(commit.has_value());
  EXPECT_EQ(commit.error().code, Errc::kUnavailable);
  EXPECT_EQ(text("keys/a"), "old");
  disk_.before_write({});
  EXPECT_GT(store_->commit(putting("keys/a", "new")).value(), first);
  EXPECT_EQ(text("keys/a"), "new");
}

TEST_F(SqliteDurability, ReadsDoNotWaitForACommit) {
  ASSERT_TRUE(store_->commit(putting("keys/a", "old")).has_value());
  std::atomic<bool> writing = false;
  std::atomic<bool> read = false;
  disk_.before_sync([&writing, &read] {  // the commit hangs in the disk until the reads are done
    writing = true;
    while (!read) std::this_thread::yield();
    return SQLITE_OK;
  });
  const std::jthread committer([this] { EXPECT_TRUE(store_->commit(putting("keys/a", "new")).has_value()); });
  while (!writing) std::this_thread::yield();
  EXPECT_EQ(text("keys/a"), "old");
  EXPECT_EQ(store_->list("keys/", "", 10).value().size(), 1U);
  read = true;
}

TEST_F(SqliteDurability, TheLogStaysShortUnderLoad) {
  const Bytes value(1U << 20, 1);
  for (int i = 0; i < 200; ++i) {
    const auto path = "keys/" + std::to_string(i % 4);
    ASSERT_TRUE(store_->commit({.expectations = {}, .puts = {{path, value}}, .deletes = {}}).has_value());
  }
  EXPECT_LT(std::filesystem::file_size(folder_.file("store.db-wal")), 100U << 20);
}

TEST_F(SqliteDurability, ATransactionBeyondTheLimitIsRefused) {
  const auto commit = store_->commit({.expectations = {}, .puts = {{"a", Bytes(33U << 20)}}, .deletes = {}});
  EXPECT_EQ(commit.error().code, Errc::kPayloadTooLarge);
}

}  // namespace
}  // namespace hsm::test
