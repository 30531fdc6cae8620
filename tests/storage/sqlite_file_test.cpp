// What a store's file is, and which files are refused.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "storage/sqlite.h"
#include "tests/storage/putting.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::test {
namespace {

using storage::SqliteStore;
using testing::HasSubstr;

Error refusal(const std::string& file) {
  const auto store = SqliteStore::open(file);
  EXPECT_FALSE(store.has_value());
  return store ? Error{} : store.error();
}

void run_sql(const std::string& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

class SqliteFileTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string file_ = folder_.file("store.db");
};

TEST_F(SqliteFileTest, OnlyItsOwnerCanReadIt) {
  const auto old_mask = ::umask(0);
  const auto store = SqliteStore::open(file_).value();
  ASSERT_TRUE(store->commit(putting("keys/a", "1")).has_value());
  ::umask(old_mask);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4);  // the file, its log, the log's index, the lock
}

TEST_F(SqliteFileTest, RecordsAndRevisionsOutliveTheProcess) {
  core::Revision deleted_at = 0;
  {
    const auto store = SqliteStore::open(file_).value();
    ASSERT_TRUE(store->commit(putting("keys/a", "1")).has_value());
    ASSERT_TRUE(store->commit(putting("keys/b", "2")).has_value());
    deleted_at = store->commit({.expectations = {}, .puts = {}, .deletes = {"keys/b"}}).value();
  }
  const auto store = SqliteStore::open(file_).value();
  const auto record = store->get("keys/a").value();
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(text_of(record->value), "1");
  EXPECT_EQ(record->revision, 1U);
  // A revision is never given twice, even when no record carries it any more.
  EXPECT_GT(store->commit(putting("keys/b", "3")).value(), deleted_at);
}

TEST_F(SqliteFileTest, ItsFolderMustExist) {
  const auto error = refusal(folder_.file("missing/store.db"));
  EXPECT_EQ(error.code, Errc::kBadParameter);
  EXPECT_THAT(error.message, HasSubstr("missing"));
}

TEST_F(SqliteFileTest, AFileOfAnotherKindIsRefusedAndLeftAlone) {
  const std::string text(20000, 'x');
  std::ofstream(file_) << text;
  const auto error = refusal(file_);
  EXPECT_EQ(error.code, Errc::kBadParameter);
  EXPECT_THAT(error.message, HasSubstr("not a Strongroom store"));
  std::ifstream in(file_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), text);
}

TEST_F(SqliteFileTest, AnotherProgramsDatabaseIsRefused) {
  run_sql(file_, "CREATE TABLE songs(name TEXT)");
  const auto error = refusal(file_);
  EXPECT_EQ(error.code, Errc::kBadParameter);
  EXPECT_THAT(error.message, HasSubstr("not a Strongroom store"));
}

TEST_F(SqliteFileTest, ANewerFormatIsRefused) {
  {
    const auto store = SqliteStore::open(file_).value();
  }
  run_sql(file_, "PRAGMA user_version = 2");
  const auto error = refusal(file_);
  EXPECT_EQ(error.code, Errc::kNotSupported);
  EXPECT_THAT(error.message, HasSubstr("has format 2"));
}

TEST_F(SqliteFileTest, AnEmptyFileIsANewStore) {  // what a process killed while it created the file leaves
  std::ofstream(file_).close();
  const auto store = SqliteStore::open(file_).value();
  EXPECT_TRUE(store->commit(putting("keys/a", "1")).has_value());
}

TEST_F(SqliteFileTest, ASecondOpenerIsRefusedAndHarmsNothing) {
  auto store = SqliteStore::open(file_).value();
  for (int i = 0; i < 2; ++i) {
    const auto error = refusal(file_);
    EXPECT_EQ(error.code, Errc::kUnavailable);
    EXPECT_THAT(error.message, HasSubstr("in use"));
    EXPECT_TRUE(store->commit(putting("keys/a", "1")).has_value());
  }
  store.reset();
  EXPECT_TRUE(SqliteStore::open(file_).has_value());
}

TEST_F(SqliteFileTest, AnotherProcessIsRefused) {
  const auto store = SqliteStore::open(file_).value();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto second = SqliteStore::open(file_);
    ::_exit(!second && second.error().code == Errc::kUnavailable ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(SqliteFileTest, DamageIsToldWithWhatToDo) {
  constexpr int kRecords = 2000;
  {
    const auto store = SqliteStore::open(file_).value();
    core::Transaction fill;
    for (int i = 0; i < kRecords; ++i) fill.puts.push_back({"keys/" + std::to_string(i), Bytes(1000, 1)});
    ASSERT_TRUE(store->commit(fill).has_value());
  }
  {  // noise over the middle of the file
    std::fstream out(file_, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file_) / 4));
    out << std::string(std::filesystem::file_size(file_) / 2, '\x5a');
  }
  const auto store = SqliteStore::open(file_).value();
  const auto list = store->list("keys/", "", kRecords);
  ASSERT_FALSE(list.has_value());
  EXPECT_EQ(list.error().code, Errc::kInternal);
  EXPECT_THAT(list.error().detail, HasSubstr("restore the file from a backup"));
  int damaged = 0;
  for (int i = 0; i < kRecords; i += 50) {
    const auto commit = store->commit(putting("keys/" + std::to_string(i), "new"));
    if (!commit && commit.error().code == Errc::kInternal) ++damaged;
  }
  EXPECT_GT(damaged, 0);
}

}  // namespace
}  // namespace hsm::test
