// What a store's holder can't do to sealed records.
#include "storage/sealing_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/memory.h"
#include "storage/sqlite.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::test {
namespace {

using core::Record;
using core::Revision;
using storage::MemoryStore;
using storage::SealingStore;
using testing::HasSubstr;

// AlterableStore is a store whose holder changes what it answers.
class AlterableStore final : public core::Store {
 public:
  Result<std::optional<Record>> get(const std::string& path) override {
    const auto altered = altered_.find(path);
    return altered == altered_.end() ? honest_.get(path) : altered->second;
  }
  Result<std::vector<Record>> list(const std::string& prefix, const std::string& after, std::size_t limit) override {
    HSM_TRY(auto page, honest_.list(prefix, after, limit));
    for (auto& record : page) {
      if (const auto altered = altered_.find(record.path); altered != altered_.end()) record = *altered->second;
    }
    return page;
  }
  Result<Revision> commit(core::Transaction transaction) override { return honest_.commit(std::move(transaction)); }
  std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) override {
    return honest_.watch(prefix, std::move(callback));
  }

  Record stolen(const std::string& path) { return honest_.get(path).value().value(); }
  void plant(const std::string& path, Record record) {
    record.path = path;
    altered_[path] = std::move(record);
  }
  void plant(const std::string& path, Bytes value, Revision revision) {
    plant(path, {path, std::move(value), revision});
  }
  void stop_altering() { altered_.clear(); }

 private:
  MemoryStore honest_;
  std::map<std::string, std::optional<Record>> altered_;
};

SecretBytes record_key(std::uint8_t fill) {
  const Bytes bytes(storage::kRecordKeyBytes, fill);
  return SecretBytes::copy(bytes);
}
Bytes instance(std::string_view name) {
  return copy_of(bytes_of(name));
}

class Sealing : public testing::Test {
 protected:
  Revision put(const std::string& path, std::string_view value) {
    return store_.commit({.expectations = {}, .puts = {{path, copy_of(bytes_of(value))}}, .deletes = {}}).value();
  }
  std::string text(const std::string& path) { return std::string(text_of(store_.get(path).value().value().value)); }

  void expect_refused_by_get(const std::string& path) {
    const auto record = store_.get(path);
    ASSERT_FALSE(record.has_value());
    EXPECT_EQ(record.error().code, Errc::kInternal);
    EXPECT_THAT(record.error().detail, HasSubstr(path));
    EXPECT_THAT(record.error().detail, HasSubstr("the store was altered"));
  }
  // The record is refused by every way of reading it.
  void expect_refused(const std::string& path) {
    expect_refused_by_get(path);
    const auto list = store_.list("keys/", "", 100);
    ASSERT_FALSE(list.has_value());
    EXPECT_EQ(list.error().code, Errc::kInternal);
  }

  SystemRandom random_;
  AlterableStore beneath_;
  SealingStore store_{beneath_, record_key(1), instance("instance one"), random_};
};

TEST_F(Sealing, TheStoreSeesPathsButNoValues) {
  put("keys/a", "a value that must not be seen");
  const auto record = beneath_.stolen("keys/a");
  EXPECT_EQ(text_of(record.value).find("must not be seen"), std::string_view::npos);
  EXPECT_EQ(record.value.size(), std::string_view("a value that must not be seen").size() + 1 + 8 + 12 + 16);
}

TEST_F(Sealing, EqualValuesLookDifferent) {
  put("keys/a", "same");
  const auto first = beneath_.stolen("keys/a").value;
  put("keys/a", "same");
  EXPECT_NE(first, beneath_.stolen("keys/a").value);
}

TEST_F(Sealing, NothingOfAValueIsInTheFile) {
  const TemporaryFolder folder;
  const std::string secret = "a value that must not be on the disk";
  {
    const auto disk = storage::SqliteStore::open(folder.file("store.db")).value();
    SealingStore store(*disk, record_key(1), instance("one"), random_);
    for (int i = 0; i < 20; ++i) {
      const auto path = "keys/" + std::to_string(i);
      ASSERT_TRUE(store.commit({.expectations = {}, .puts = {{path, copy_of(bytes_of(secret))}}, .deletes = {}}));
    }
    ASSERT_TRUE(std::filesystem::exists(folder.file("store.db-wal")));
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string contents(std::istreambuf_iterator<char>(in), {});
      EXPECT_EQ(contents.find("must not be"), std::string::npos) << entry.path();
    }
  }
  const auto disk = storage::SqliteStore::open(folder.file("store.db")).value();
  SealingStore store(*disk, record_key(1), instance("one"), random_);
  EXPECT_EQ(text_of(store.get("keys/7").value().value().value), secret);
}

TEST_F(Sealing, EveryBitCounts) {
  put("keys/a", "value");
  const auto honest = beneath_.stolen("keys/a");
  for (std::size_t bit = 0; bit < honest.value.size() * 8; ++bit) {
    auto altered = honest;
    altered.value[bit / 8] = static_cast<std::uint8_t>(altered.value[bit / 8] ^ (1U << (bit % 8)));
    beneath_.plant("keys/a", altered);
    ASSERT_FALSE(store_.get("keys/a").has_value()) << "bit " << bit;
  }
  expect_refused("keys/a");
}

TEST_F(Sealing, EveryByteMustBeThereAndNoMore) {
  put("keys/a", "value");
  const auto honest = beneath_.stolen("keys/a");
  for (std::size_t size = 0; size < honest.value.size(); ++size) {
    beneath_.plant("keys/a", Bytes(honest.value.begin(), honest.value.begin() + static_cast<std::ptrdiff_t>(size)),
                   honest.revision);
    ASSERT_FALSE(store_.get("keys/a").has_value()) << size << " bytes";
  }
  auto longer = honest;
  longer.value.push_back(0);
  beneath_.plant("keys/a", longer);
  expect_refused("keys/a");
}

TEST_F(Sealing, SwappedRecordsAreRefused) {
  put("keys/a", "value of a");
  put("keys/b", "value of b");
  const auto a = beneath_.stolen("keys/a");
  const auto b = beneath_.stolen("keys/b");
  beneath_.plant("keys/a", b.value, a.revision);
  beneath_.plant("keys/b", a.value, b.revision);
  expect_refused("keys/a");
  expect_refused("keys/b");
}

TEST_F(Sealing, AMovedRecordIsRefused) {
  put("keys/a", "value of a");
  beneath_.plant("keys/z", beneath_.stolen("keys/a"));
  expect_refused_by_get("keys/z");
}

TEST_F(Sealing, AnotherInstancesRecordIsRefusedEvenUnderTheSameKey) {
  SealingStore other(beneath_, record_key(1), instance("instance two"), random_);
  ASSERT_TRUE(other.commit({.expectations = {}, .puts = {{"keys/a", {1}}}, .deletes = {}}).has_value());
  expect_refused("keys/a");
}

TEST_F(Sealing, AnotherKeysRecordIsRefused) {
  SealingStore other(beneath_, record_key(2), instance("instance one"), random_);
  ASSERT_TRUE(other.commit({.expectations = {}, .puts = {{"keys/a", {1}}}, .deletes = {}}).has_value());
  expect_refused("keys/a");
}

TEST_F(Sealing, TheOldRecordPutBackIsRefused) {
  put("keys/a", "enabled");
  const auto old = beneath_.stolen("keys/a");
  put("keys/a", "disabled");
  beneath_.plant("keys/a", old);
  expect_refused("keys/a");
  beneath_.stop_altering();
  EXPECT_EQ(text("keys/a"), "disabled");
}

TEST_F(Sealing, AnOldValueUnderTheRevisionOfTheNewIsRefused) {
  put("keys/a", "enabled");
  const auto old = beneath_.stolen("keys/a");
  const auto revision = put("keys/a", "disabled");
  beneath_.plant("keys/a", old.value, revision);
  expect_refused("keys/a");
}

TEST_F(Sealing, AnOldValueUnderANewRevisionIsRefused) {
  std::vector<Bytes> history;
  for (int i = 0; i < 4; ++i) {
    put("keys/a", "value " + std::to_string(i));
    history.push_back(beneath_.stolen("keys/a").value);
  }
  const auto newest = beneath_.stolen("keys/a").revision;
  for (const auto& value : history) {
    beneath_.plant("keys/a", value, newest + 1);
    expect_refused("keys/a");
  }
}

TEST_F(Sealing, ADeletedRecordPutBackIsRefused) {
  put("keys/a", "value");
  const auto old = beneath_.stolen("keys/a");
  ASSERT_TRUE(store_.commit({.expectations = {}, .puts = {}, .deletes = {"keys/a"}}).has_value());
  beneath_.plant("keys/a", old);
  expect_refused_by_get("keys/a");
}

TEST_F(Sealing, ARecordMadeAgainAfterItsDeletionIsFresh) {
  for (int i = 0; i < 3; ++i) {
    put("keys/a", "one");
    put("keys/a", "two");
    EXPECT_EQ(text("keys/a"), "two");
    ASSERT_TRUE(store_.commit({.expectations = {}, .puts = {}, .deletes = {"keys/a"}}).has_value());
    EXPECT_EQ(store_.get("keys/a").value(), std::nullopt);
  }
  put("keys/a", "three");
  EXPECT_EQ(text("keys/a"), "three");
}

TEST_F(Sealing, WhatAnotherNodeWroteIsFresh) {
  SealingStore other(beneath_, record_key(1), instance("instance one"), random_);
  for (int i = 0; i < 5; ++i) {
    const auto value = std::to_string(i);
    auto& writer = i % 2 == 0 ? store_ : other;
    ASSERT_TRUE(
        writer.commit({.expectations = {}, .puts = {{"keys/a", copy_of(bytes_of(value))}}, .deletes = {}}).has_value());
    EXPECT_EQ(text("keys/a"), value);
    EXPECT_EQ(text_of(other.get("keys/a").value().value().value), value);
    ASSERT_TRUE(other.commit({.expectations = {}, .puts = {}, .deletes = {"keys/a"}}).has_value());
    EXPECT_EQ(store_.get("keys/a").value(), std::nullopt);
  }
}

TEST_F(Sealing, AWatcherIsToldThatAnAlteredRecordIsGone) {
  std::vector<std::string> news;
  const auto watch = store_.watch("keys/", [&news](const core::Change& change) {
    news.push_back(change.record ? std::string(text_of(change.record->value)) : "gone");
  });
  put("keys/a", "one");
  const auto old = beneath_.stolen("keys/a");
  put("keys/a", "two");
  ASSERT_TRUE(beneath_.commit({.expectations = {}, .puts = {{"keys/a", old.value}}, .deletes = {}}).has_value());
  ASSERT_TRUE(beneath_.commit({.expectations = {}, .puts = {{"keys/b", {1, 2, 3}}}, .deletes = {}}).has_value());
  EXPECT_THAT(news, testing::ElementsAre("one", "two", "gone", "gone"));
}

}  // namespace
}  // namespace hsm::test
