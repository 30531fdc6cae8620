// Watches: what they see, and when.
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/store_contract.h"

namespace hsm::test {
namespace {

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

}  // namespace
}  // namespace hsm::test
