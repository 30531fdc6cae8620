// The index of due dates: what it costs, and stores from before there was one.
#include <gtest/gtest.h>

#include "tests/service/rotation_scene.h"

namespace hsm::service {
namespace {

// CountingStore counts what is read of the store beneath.
class CountingStore final : public core::Store {
 public:
  Result<std::optional<core::Record>> get(const std::string& path) override {
    ++reads;
    return beneath_.get(path);
  }
  Result<std::vector<core::Record>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override {
    auto page = beneath_.list(prefix, after, limit);
    reads += 1 + page->size();
    return page;
  }
  Result<core::Revision> commit(core::Transaction transaction) override {
    return beneath_.commit(std::move(transaction));
  }
  std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) override {
    return beneath_.watch(prefix, std::move(callback));
  }
  std::size_t reads = 0;

 private:
  storage::MemoryStore beneath_;
};

TEST(DueIndex, FindingWhatIsDueDoesNotCostMoreTheMoreKeysThereAre) {
  CountingStore store;
  World world(store, {});
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = "k-" + std::to_string(i);
    ASSERT_TRUE(world.create(name, 0));
    ASSERT_TRUE(set_policy(world, name, after_create(i == 500 ? "P30D" : "P60D")));
  }
  store.reads = 0;
  EXPECT_EQ(tend(world, 30 * kDay).rotated, 1);
  EXPECT_LT(store.reads, 100);
}

TEST(DueIndex, KeysThatWereDeletedBeforeThereWasOneAreFound) {
  World world({.retention_days = 7});
  for (int i = 0; i < 200; ++i) {
    const std::string name = "k-" + std::to_string(i);
    ASSERT_TRUE(world.create(name, 0));
    ASSERT_TRUE(remove(world, name, 0));
  }
  core::Transaction lost;
  const auto entries = world.store.list(core::kDuePrefix, "", 1'000);
  for (const core::Record& entry : *entries) lost.deletes.push_back(entry.path);
  ASSERT_TRUE(world.store.commit(std::move(lost)));
  EXPECT_EQ(tend(world, 6 * kDay).purged, 0);
  EXPECT_EQ(due_entries(world), 200);
  EXPECT_EQ(tend(world, 7 * kDay).purged, 200);
}

TEST(DueIndex, AStoreIsLookedThroughOnceInItsLife) {
  CountingStore store;
  World world(store, {});
  tend(world, 0);
  for (int i = 0; i < 200; ++i) {
    const std::string name = "k-" + std::to_string(i);
    ASSERT_TRUE(world.create(name, 0));
    ASSERT_TRUE(remove(world, name, 0));
  }
  store.reads = 0;
  EXPECT_EQ(tend(world, 1).purged, 0) << "as after a restart";
  EXPECT_LT(store.reads, 100);
}

}  // namespace
}  // namespace hsm::service
