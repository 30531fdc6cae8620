#include "service/key_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "service/keys.h"
#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

TEST(KeyCache, AnswersFromMemoryWhatItHasLoaded) {
  World world;
  ASSERT_TRUE(world.create("k"));
  EXPECT_EQ(world.cache.find(named("k"), {}), nullptr);
  const auto loaded = world.cache.load(named("k"), {});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(world.cache.find(named("K"), {}), *loaded);
}

TEST(KeyCache, ANewVersionIsTheLatestAtOnce) {
  World world;
  ASSERT_TRUE(world.create("k", 1'000));
  ASSERT_TRUE(world.cache.load(named("k"), {}));
  const auto second = world.create("k", 1'001);
  EXPECT_EQ((*world.cache.load(named("k"), {}))->version, second->version);
}

TEST(KeyCache, KeepsTheMostRecentlyUsed) {
  World world;
  constexpr std::size_t kKeys = KeyCache::kVersionsMax + 2'000;
  ASSERT_TRUE(world.create("used"));
  ASSERT_TRUE(world.cache.load(named("used"), {}));
  for (std::size_t i = 0; i < kKeys; ++i) {
    const std::string name = "k" + std::to_string(i);
    ASSERT_TRUE(world.create(name));
    ASSERT_TRUE(world.cache.load(named(name), {}));
    ASSERT_NE(world.cache.find(named("used"), {}), nullptr) << "evicted although it was just used";
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < kKeys; ++i) kept += world.cache.find(named("k" + std::to_string(i)), {}) != nullptr;
  EXPECT_LE(kept, KeyCache::kVersionsMax);
  EXPECT_EQ(world.cache.find(named("k0"), {}), nullptr);
  EXPECT_NE(world.cache.find(named("k" + std::to_string(kKeys - 1)), {}), nullptr);
}

TEST(KeyCache, VersionsCountAgainstTheBoundToo) {
  World world;
  constexpr std::size_t kVersions = 50;
  constexpr std::size_t kKeys = KeyCache::kVersionsMax / kVersions + 100;
  std::vector<std::pair<std::string, core::KeyVersion>> all;
  for (std::size_t i = 0; i < kKeys; ++i) {
    for (std::size_t v = 0; v < kVersions; ++v) {
      const std::string name = "k" + std::to_string(i);
      all.emplace_back(name, world.create(name)->version);
    }
  }
  for (const auto& [name, version] : all) ASSERT_TRUE(world.cache.load(named(name), version));
  std::size_t kept = 0;
  for (const auto& [name, version] : all) kept += world.cache.find(named(name), version) != nullptr;
  EXPECT_LE(kept, KeyCache::kVersionsMax);
  EXPECT_GT(kept, KeyCache::kVersionsMax / 2);
}

TEST(KeyCache, AChangeForgetsAllVersionsOfItsKeyAndNoneOfAnother) {
  World world;
  const auto first = world.create("k", 1'000);
  const auto second = world.create("k", 1'001);
  const auto longer = world.create("k2");  // its name begins alike
  for (const auto& version : {first->version, second->version}) ASSERT_TRUE(world.cache.load(named("k"), version));
  ASSERT_TRUE(world.cache.load(named("k"), {}));
  ASSERT_TRUE(world.cache.load(named("k2"), longer->version));

  Operation operation = an_operation();
  UpdateKey change{.name = named("k"), .version = first->version, .operations = {}, .attributes = {}, .tags = {}};
  change.attributes.expires = 9'999;
  ASSERT_TRUE(world.keys.update(change, operation));

  EXPECT_EQ(world.cache.find(named("k"), first->version), nullptr);
  EXPECT_EQ(world.cache.find(named("k"), second->version), nullptr);
  EXPECT_EQ(world.cache.find(named("k"), {}), nullptr);
  EXPECT_NE(world.cache.find(named("k2"), longer->version), nullptr);
}

// One writer counts in an attribute; readers ask cache and store all the while. Nobody may see a value that an answered
// update had already replaced when he asked.
TEST(KeyCache, NeverAnswersWithWhatAFinishedCommitReplaced) {
  World world;
  ASSERT_TRUE(world.create("k"));
  constexpr std::int64_t kUpdates = 2'000;
  std::atomic<std::int64_t> answered = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&world, &answered] {
      for (std::int64_t at_least = 0; at_least < kUpdates;) {
        at_least = answered;
        KeyPointer key = world.cache.find(named("k"), {});
        if (!key) key = *world.cache.load(named("k"), {});
        ASSERT_GE(key->attributes.expires.value_or(0), at_least);
      }
    });
  }
  for (std::int64_t i = 1; i <= kUpdates; ++i) {
    Operation operation = an_operation();
    UpdateKey change{.name = named("k"), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
    change.attributes.expires = i;
    EXPECT_TRUE(world.keys.update(change, operation));
    answered = i;
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace hsm::service
