#include "partition/engine/openssl/gcm_iv.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

TEST(GcmIv, CountsUpFromItsFirst) {
  GcmIvSequence ivs(GcmIv{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0xfe});
  EXPECT_EQ(ivs.next(), (GcmIv{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0xfe}));
  EXPECT_EQ(ivs.next(), (GcmIv{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0xff}));
  EXPECT_EQ(ivs.next(), (GcmIv{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 1, 0}));
}

TEST(GcmIv, CarriesThroughAllOfIt) {
  GcmIvSequence ivs(GcmIv{0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  ivs.next();
  EXPECT_EQ(ivs.next(), (GcmIv{0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0}));
  GcmIvSequence last(GcmIv{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  last.next();
  EXPECT_EQ(last.next(), GcmIv{});
}

TEST(GcmIv, NeverRepeatsAmongThreads) {
  constexpr std::size_t kEach = 20'000;
  GcmIvSequence ivs;
  std::vector<std::vector<GcmIv>> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen) {
      threads.emplace_back([&ivs, &mine] {
        for (std::size_t i = 0; i < kEach; ++i) mine.push_back(ivs.next());
      });
    }
  }
  std::set<GcmIv> all;
  for (const auto& mine : seen) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4 * kEach);
}

// The same key in several partitions, or loaded again after a restart: each load starts at a random place.
TEST(GcmIv, NeverRepeatsAmongLoadsOfAKey) {
  const GeneratedKey material = generated(oct(256));
  std::set<Bytes> seen;
  std::set<Bytes> high_parts;
  for (int load = 0; load < 200; ++load) {
    const KeyPtr key = loaded(oct(256), material);
    for (int i = 0; i < 20; ++i) {
      const auto sealed = perform(*key, core::KeyOperation::kEncrypt, core::Algorithm::kA256Gcm, {.input = {}});
      ASSERT_TRUE(sealed);
      EXPECT_TRUE(seen.insert(sealed->iv).second);
      high_parts.insert(Bytes(sealed->iv.begin(), sealed->iv.begin() + 4));
    }
  }
  EXPECT_GT(high_parts.size(), 190U);  // 200 random 32-bit numbers
}

}  // namespace
}  // namespace hsm::partition
