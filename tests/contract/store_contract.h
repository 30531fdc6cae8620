#pragma once
// The contract of core::Store as tests: one suite that every implementation passes. A program includes this header and
// registers its stores:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values(StoreMaker{"memory", [] { … }}), store_name);
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "core/ports/store.h"

namespace hsm::test {

// StoreUnderTest owns an empty store and whatever it stands on (a temporary folder, an inner store).
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual core::Store& store() = 0;
};

struct StoreMaker {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};
inline void PrintTo(const StoreMaker& maker, std::ostream* out) {
  *out << maker.name;
}
inline std::string store_name(const testing::TestParamInfo<StoreMaker>& info) {
  return info.param.name;
}

inline Bytes value_of(std::string_view text) {
  return copy_of(bytes_of(text));
}

class StoreContract : public testing::TestWithParam<StoreMaker> {
 protected:
  void SetUp() override {
    under_test_ = GetParam().make();
    ASSERT_TRUE(under_test_);
  }
  core::Store& store() { return under_test_->store(); }

  core::Revision must_commit(core::Transaction transaction) {
    const auto revision = store().commit(std::move(transaction));
    EXPECT_TRUE(revision.has_value()) << revision.error().message << " " << revision.error().detail;
    return revision.value_or(0);
  }
  core::Revision put(const std::string& path, std::string_view value) {
    return must_commit({.expectations = {}, .puts = {{path, value_of(value)}}, .deletes = {}});
  }
  core::Revision remove(const std::string& path) {
    return must_commit({.expectations = {}, .puts = {}, .deletes = {path}});
  }
  Result<core::Revision> put_if(const std::string& path, core::Revision expected, std::string_view value) {
    return store().commit({.expectations = {{path, expected}}, .puts = {{path, value_of(value)}}, .deletes = {}});
  }
  std::optional<core::Record> get(const std::string& path) {
    auto record = store().get(path);
    EXPECT_TRUE(record.has_value()) << record.error().message << " " << record.error().detail;
    return record.value_or(std::nullopt);
  }
  // text returns the value under `path`, or "(none)".
  std::string text(const std::string& path) {
    const auto record = get(path);
    return record ? std::string(text_of(record->value)) : "(none)";
  }
  std::vector<std::string> paths(const std::string& prefix, const std::string& after, std::size_t limit) {
    const auto page = store().list(prefix, after, limit);
    EXPECT_TRUE(page.has_value()) << page.error().message << " " << page.error().detail;
    std::vector<std::string> names;
    for (const auto& record : page.value_or(std::vector<core::Record>{})) names.push_back(record.path);
    return names;
  }

 private:
  std::unique_ptr<StoreUnderTest> under_test_;
};

// History collects what a watch says. Changes of a finished commit must be there when the commit returns.
class History {
 public:
  core::Store::WatchCallback callback() {
    return [this](const core::Change& change) {
      const std::lock_guard lock(mutex_);
      changes_.push_back(change);
    };
  }
  std::vector<core::Change> changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  std::vector<std::string> lines() const {  // "path=value" or "path gone"
    std::vector<std::string> lines;
    for (const auto& change : changes()) {
      lines.push_back(change.record ? change.path + "=" + std::string(text_of(change.record->value))
                                    : change.path + " gone");
    }
    return lines;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<core::Change> changes_;
};

inline auto conflicts() {
  return testing::ResultOf(
      "error",
      [](const Result<core::Revision>& result) { return result ? "none" : std::string(name(result.error().code)); },
      testing::Eq("Conflict"));
}

using testing::ElementsAre;
using testing::IsEmpty;

// ---- records

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_EQ(get("keys/a"), std::nullopt);
  EXPECT_THAT(paths("", "", 10), IsEmpty());
}

TEST_P(StoreContract, WhatWasPutIsRead) {
  const auto revision = put("keys/a", "one");
  const auto record = get("keys/a");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->path, "keys/a");
  EXPECT_EQ(text_of(record->value), "one");
  EXPECT_EQ(record->revision, revision);
  EXPECT_GE(revision, 1U);
}

TEST_P(StoreContract, ALaterPutReplacesTheValueAndRaisesTheRevision) {
  const auto first = put("keys/a", "one");
  const auto second = put("keys/a", "two");
  EXPECT_GT(second, first);
  EXPECT_EQ(text("keys/a"), "two");
  EXPECT_EQ(get("keys/a")->revision, second);
}

TEST_P(StoreContract, ARecordKeepsItsRevisionWhileOthersChange) {
  const auto first = put("keys/a", "one");
  put("keys/b", "two");
  EXPECT_EQ(get("keys/a")->revision, first);
}

TEST_P(StoreContract, WhatWasDeletedIsGoneAndMayComeBackNewer) {
  put("keys/a", "one");
  const auto deleted = remove("keys/a");
  EXPECT_EQ(get("keys/a"), std::nullopt);
  EXPECT_THAT(paths("keys/", "", 10), IsEmpty());
  EXPECT_GT(put("keys/a", "two"), deleted);
  EXPECT_EQ(text("keys/a"), "two");
}

TEST_P(StoreContract, DeletingWhatIsAbsentIsNoError) {
  EXPECT_TRUE(store().commit({.expectations = {}, .puts = {}, .deletes = {"keys/none"}}).has_value());
}

TEST_P(StoreContract, ValuesAreAnyBytes) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  put("bytes", all);
  put("empty", "");
  EXPECT_EQ(text("bytes"), all);
  ASSERT_TRUE(get("empty"));
  EXPECT_EQ(text("empty"), "");
}

TEST_P(StoreContract, ValuesMayBeAMebibyte) {
  std::string large(1U << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 % 251);
  put("large", large);
  EXPECT_TRUE(text("large") == large);
  put("large", "small again");
  EXPECT_EQ(text("large"), "small again");
}

// ---- expectations

TEST_P(StoreContract, ExpectingAbsenceCreatesOnce) {
  EXPECT_TRUE(put_if("keys/a", core::kAbsent, "one").has_value());
  EXPECT_THAT(put_if("keys/a", core::kAbsent, "two"), conflicts());
  EXPECT_EQ(text("keys/a"), "one");
}

TEST_P(StoreContract, ExpectingAbsenceHoldsAgainAfterADelete) {
  put("keys/a", "one");
  remove("keys/a");
  EXPECT_TRUE(put_if("keys/a", core::kAbsent, "two").has_value());
}

TEST_P(StoreContract, ExpectingARevisionReplacesOnlyThatRevision) {
  const auto first = put("keys/a", "one");
  const auto second = put_if("keys/a", first, "two");
  ASSERT_TRUE(second.has_value());
  EXPECT_THAT(put_if("keys/a", first, "three"), conflicts());
  EXPECT_TRUE(put_if("keys/a", *second, "three").has_value());
  EXPECT_EQ(text("keys/a"), "three");
}

TEST_P(StoreContract, ExpectingARevisionOfWhatIsAbsentConflicts) {
  const auto revision = put("keys/a", "one");
  remove("keys/a");
  EXPECT_THAT(put_if("keys/a", revision, "two"), conflicts());
  EXPECT_EQ(text("keys/a"), "(none)");
}

TEST_P(StoreContract, AnExpectationMayBeOnAPathThatIsNotWritten) {
  const auto guard = put("settings/lock", "open");
  EXPECT_TRUE(
      store().commit({.expectations = {{"settings/lock", guard}}, .puts = {{"keys/a", value_of("1")}}, .deletes = {}}));
  put("settings/lock", "closed");
  EXPECT_THAT(
      store().commit({.expectations = {{"settings/lock", guard}}, .puts = {{"keys/b", value_of("2")}}, .deletes = {}}),
      conflicts());
  EXPECT_EQ(text("keys/b"), "(none)");
}

TEST_P(StoreContract, ADeleteMayBeGuarded) {
  const auto first = put("keys/a", "one");
  put("keys/a", "two");
  EXPECT_THAT(store().commit({.expectations = {{"keys/a", first}}, .puts = {}, .deletes = {"keys/a"}}), conflicts());
  EXPECT_EQ(text("keys/a"), "two");
}

// ---- atomicity

TEST_P(StoreContract, ATransactionHappensWhole) {
  put("keys/a", "old");
  put("deleted/x", "old");
  const auto revision = must_commit({.expectations = {},
                                     .puts = {{"keys/a", value_of("new")}, {"keys/b", value_of("new")}},
                                     .deletes = {"deleted/x"}});
  EXPECT_EQ(get("keys/a")->revision, revision);
  EXPECT_EQ(get("keys/b")->revision, revision);
  EXPECT_EQ(get("deleted/x"), std::nullopt);
}

TEST_P(StoreContract, AConflictLeavesNothing) {
  put("keys/a", "old");
  put("keys/c", "old");
  History history;
  const auto watch = store().watch("", history.callback());
  EXPECT_THAT(store().commit({.expectations = {{"keys/a", core::kAbsent}},
                              .puts = {{"keys/b", value_of("new")}, {"keys/a", value_of("new")}},
                              .deletes = {"keys/c"}}),
              conflicts());
  EXPECT_EQ(text("keys/a"), "old");
  EXPECT_EQ(text("keys/b"), "(none)");
  EXPECT_EQ(text("keys/c"), "old");
  EXPECT_THAT(history.lines(), IsEmpty());
}

TEST_P(StoreContract, OneBrokenExpectationOfManyIsEnough) {
  const auto a = put("keys/a", "1");
  const auto b = put("keys/b", "1");
  EXPECT_THAT(store().commit({.expectations = {{"keys/a", a}, {"keys/b", b + 1000}, {"keys/c", core::kAbsent}},
                              .puts = {{"keys/c", value_of("1")}},
                              .deletes = {}}),
              conflicts());
  EXPECT_EQ(text("keys/c"), "(none)");
}

// ---- listings

TEST_P(StoreContract, AListIsInByteOrder) {
  for (const char* path : {"k/b", "k/\xff", "k/a", "k/B", "k/-", "k/a/1", "k/a0", "k/\x01"}) put(path, path);
  EXPECT_THAT(paths("k/", "", 100), ElementsAre("k/\x01", "k/-", "k/B", "k/a", "k/a/1", "k/a0", "k/b", "k/\xff"));
}

TEST_P(StoreContract, AListGivesWholeRecords) {
  const auto revision = put("keys/a", "one");
  const auto page = store().list("keys/", "", 10);
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->size(), 1U);
  EXPECT_EQ(page->front().path, "keys/a");
  EXPECT_EQ(text_of(page->front().value), "one");
  EXPECT_EQ(page->front().revision, revision);
}

TEST_P(StoreContract, APrefixIsBytesNotSegments) {
  for (const char* path : {"keys", "keys/a", "keys/a/1", "keys/a/2", "keys/a0", "keys/b", "keys0", "roles/a"})
    put(path, "");
  EXPECT_THAT(paths("keys/a", "", 100), ElementsAre("keys/a", "keys/a/1", "keys/a/2", "keys/a0"));
  EXPECT_THAT(paths("keys/a/", "", 100), ElementsAre("keys/a/1", "keys/a/2"));
  EXPECT_THAT(paths("keys/a0", "", 100), ElementsAre("keys/a0"));
  EXPECT_THAT(paths("keys/", "", 100), ElementsAre("keys/a", "keys/a/1", "keys/a/2", "keys/a0", "keys/b"));
  EXPECT_THAT(paths("zzz", "", 100), IsEmpty());
  EXPECT_EQ(paths("", "", 100).size(), 8U);
}

TEST_P(StoreContract, APrefixOfHighBytesHasAnEnd) {
  for (const char* path : {"a", "a\xff", "a\xff\xff", "a\xff\xff\x01", "b"}) put(path, "");
  EXPECT_THAT(paths("a\xff", "", 100), ElementsAre("a\xff", "a\xff\xff", "a\xff\xff\x01"));
  EXPECT_THAT(paths("a\xff\xff", "", 100), ElementsAre("a\xff\xff", "a\xff\xff\x01"));
  EXPECT_THAT(paths("\xff", "", 100), IsEmpty());
}

TEST_P(StoreContract, AfterIsExclusive) {
  for (const char* path : {"k/a", "k/b", "k/c"}) put(path, "");
  EXPECT_THAT(paths("k/", "k/a", 100), ElementsAre("k/b", "k/c"));
  EXPECT_THAT(paths("k/", "k/aa", 100), ElementsAre("k/b", "k/c"));
  EXPECT_THAT(paths("k/", "k/c", 100), IsEmpty());
  EXPECT_THAT(paths("k/", "a", 100), ElementsAre("k/a", "k/b", "k/c"));  // before the prefix: all
  EXPECT_THAT(paths("k/", "z", 100), IsEmpty());                         // behind it: none
  EXPECT_THAT(paths("k/b", "k/b", 100), IsEmpty());
}

TEST_P(StoreContract, PagesJoinToTheWholeList) {
  std::vector<std::string> all;
  for (int i = 100; i < 160; ++i) {
    all.push_back("keys/" + std::to_string(i));
    put(all.back(), "x");
  }
  put("keyt", "behind");
  for (const std::size_t limit : {1U, 7U, 25U, 60U, 61U}) {
    std::vector<std::string> joined;
    for (auto page = paths("keys/", "", limit); !page.empty(); page = paths("keys/", page.back(), limit)) {
      EXPECT_LE(page.size(), limit);
      joined.insert(joined.end(), page.begin(), page.end());
    }
    EXPECT_EQ(joined, all);
  }
  EXPECT_THAT(paths("keys/", "", 0), IsEmpty());
}

// ---- watches

TEST_P(StoreContract, AWatchSeesEachChangeBeforeItsCommitReturns) {
  History history;
  const auto watch = store().watch("keys/", history.callback());
  const auto revision = put("keys/a", "one");
  ASSERT_EQ(history.changes().size(), 1U);
  EXPECT_EQ(history.changes()[0].revision, revision);
  ASSERT_TRUE(history.changes()[0].record);
  EXPECT_EQ(history.changes()[0].record->revision, revision);
  EXPECT_EQ(history.changes()[0].record->path, "keys/a");
  const auto deleted = remove("keys/a");
  EXPECT_THAT(history.lines(), ElementsAre("keys/a=one", "keys/a gone"));
  EXPECT_EQ(history.changes()[1].revision, deleted);
}

TEST_P(StoreContract, AWatchSeesOnlyItsPrefixAndOnlyWhatComesLater) {
  put("keys/before", "1");
  History history;
  const auto watch = store().watch("keys/a", history.callback());
  put("roles/a", "2");
  put("keys/b", "3");
  put("keys/a/1", "4");
  put("keys/a", "5");
  EXPECT_THAT(history.lines(), ElementsAre("keys/a/1=4", "keys/a=5"));
}

TEST_P(StoreContract, DeletingWhatIsAbsentIsNoNews) {
  History history;
  const auto watch = store().watch("", history.callback());
  must_commit({.expectations = {}, .puts = {}, .deletes = {"keys/none"}});
  EXPECT_THAT(history.lines(), IsEmpty());
}

TEST_P(StoreContract, ADroppedWatchIsSilent) {
  History dropped;
  History kept;
  auto first = store().watch("", dropped.callback());
  const auto second = store().watch("", kept.callback());
  put("a", "1");
  first.reset();
  put("a", "2");
  EXPECT_THAT(dropped.lines(), ElementsAre("a=1"));
  EXPECT_THAT(kept.lines(), ElementsAre("a=1", "a=2"));
}

TEST_P(StoreContract, AWatchSeesConcurrentCommitsInTheirOrder) {
  constexpr int kThreads = 8;
  constexpr int kCommits = 25;
  History history;
  const auto watch = store().watch("", history.callback());
  std::atomic<int> unseen = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t, &history, &unseen] {
        for (int i = 0; i < kCommits; ++i) {
          const auto path = "t/" + std::to_string(t);
          const auto revision = put(path, std::to_string(i));
          const auto seen = history.changes();
          const auto mine = [&](const core::Change& c) { return c.path == path && c.revision == revision; };
          if (std::ranges::none_of(seen, mine)) ++unseen;
        }
      });
    }
  }
  EXPECT_EQ(unseen, 0);
  const auto changes = history.changes();
  ASSERT_EQ(changes.size(), std::size_t{kThreads * kCommits});
  for (std::size_t i = 1; i < changes.size(); ++i) EXPECT_LT(changes[i - 1].revision, changes[i].revision);
}

// ---- concurrency

TEST_P(StoreContract, ConcurrentCommittersLoseNoUpdate) {
  constexpr int kThreads = 8;
  constexpr int kIncrements = 15;
  put("counter", "0");
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, &failures] {
        for (int done = 0; done < kIncrements;) {
          const auto current = get("counter");
          if (!current) break;
          const auto count = text_of(current->value);
          int next = 0;
          std::from_chars(count.data(), count.data() + count.size(), next);
          const auto result = put_if("counter", current->revision, std::to_string(next + 1));
          if (result) ++done;
          if (!result && result.error().code != Errc::kConflict) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(text("counter"), std::to_string(kThreads * kIncrements));
}

TEST_P(StoreContract, OfManyCreatorsOneWins) {
  std::atomic<int> winners = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 16; ++t) {
      threads.emplace_back([this, t, &winners] {
        if (put_if("keys/a", core::kAbsent, std::to_string(t))) ++winners;
      });
    }
  }
  EXPECT_EQ(winners, 1);
}

TEST_P(StoreContract, UnguardedWritersOfOneRecordAllSucceed) {
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([this, t, &done] {
        for (int i = 0; i < 10; ++i) {
          if (store().commit({.expectations = {}, .puts = {{"one", value_of(std::to_string(t))}}, .deletes = {}}))
            ++done;
          EXPECT_TRUE(get("one"));
        }
      });
    }
  }
  EXPECT_EQ(done, 80);
}

// ---- random operations against a plain map

class Model {
 public:
  struct Entry {
    Bytes value;
    core::Revision revision;
  };
  bool holds(const core::Expectation& expectation) const {
    const auto found = entries_.find(expectation.path);
    return (found == entries_.end() ? core::kAbsent : found->second.revision) == expectation.revision;
  }
  void apply(const core::Transaction& transaction, core::Revision revision) {
    for (const auto& put : transaction.puts) entries_[put.path] = {put.value, revision};
    for (const auto& path : transaction.deletes) entries_.erase(path);
  }
  std::vector<std::string> list(const std::string& prefix, const std::string& after, std::size_t limit) const {
    std::vector<std::string> names;
    for (const auto& [path, entry] : entries_) {
      if (names.size() < limit && path.starts_with(prefix) && path > after) names.push_back(path);
    }
    return names;
  }
  const std::map<std::string, Entry>& entries() const { return entries_; }

 private:
  std::map<std::string, Entry> entries_;
};

TEST_P(StoreContract, RandomOperationsAgreeWithAMap) {
  std::mt19937 random(20240611);  // NOLINT: a fixed seed, so that a failure repeats
  const auto below = [&random](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const std::vector<std::string> pool = {"a", "a/", "a/1", "a/2", "a0", "b", "b/\xff", "b/\xff/1", "", "c/long/path/1"};
  const auto any_path = [&] { return pool[1 + below(static_cast<std::uint32_t>(pool.size()) - 1)]; };
  Model model;
  core::Revision last = 0;
  for (int step = 0; step < 400; ++step) {
    core::Transaction transaction;
    std::map<std::string, bool> used;
    for (std::uint32_t i = below(4); i > 0; --i) {
      const auto path = any_path();
      if (!used.emplace(path, true).second) continue;
      if (below(3) == 0)
        transaction.deletes.push_back(path);
      else
        transaction.puts.push_back({path, Bytes(below(3000), static_cast<std::uint8_t>(step))});
    }
    for (std::uint32_t i = below(3); i > 0; --i) {
      const auto path = any_path();
      const auto found = model.entries().find(path);
      const auto actual = found == model.entries().end() ? core::kAbsent : found->second.revision;
      transaction.expectations.push_back({path, below(4) == 0 ? last : actual});
    }
    const bool holds = std::ranges::all_of(transaction.expectations, [&](const auto& e) { return model.holds(e); });
    const auto revision = store().commit(transaction);
    ASSERT_EQ(revision.has_value(), holds) << "step " << step;
    if (revision) {
      ASSERT_GE(*revision, last);
      last = *revision;
      model.apply(transaction, *revision);
    }
    const auto prefix = pool[below(static_cast<std::uint32_t>(pool.size()))].substr(0, below(3));
    const auto after = pool[below(static_cast<std::uint32_t>(pool.size()))];
    const auto limit = below(6);
    ASSERT_EQ(paths(prefix, after, limit), model.list(prefix, after, limit)) << "step " << step;
    const auto path = any_path();
    const auto expected = model.entries().find(path);
    const auto record = get(path);
    ASSERT_EQ(record.has_value(), expected != model.entries().end()) << "step " << step;
    if (record) {
      ASSERT_EQ(record->value, expected->second.value);
      ASSERT_EQ(record->revision, expected->second.revision);
    }
  }
}

}  // namespace hsm::test
