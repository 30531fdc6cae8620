#include "partition/process/key_cache.h"

#include <gtest/gtest.h>

#include <array>

namespace hsm::partition {
namespace {

std::shared_ptr<const LoadedKey> key() {
  return std::make_shared<const LoadedKey>(core::KeyPolicy{});
}
core::KeyId id(std::uint8_t n) {
  return {n};
}

TEST(KeyCache, FindsWhatWasInserted) {
  KeyCache cache;
  const auto loaded = key();
  cache.insert(id(1), loaded);
  EXPECT_EQ(cache.find(id(1)), loaded);
  EXPECT_EQ(cache.find(id(2)), nullptr);
}

TEST(KeyCache, TellsIdsApartThatBeginAlike) {
  KeyCache cache;
  core::KeyId other = id(1);
  other.back() = 9;
  cache.insert(id(1), key());
  EXPECT_EQ(cache.find(other), nullptr);
}

TEST(KeyCache, DropsTheKeyUnusedForLongest) {
  KeyCache cache(3);
  for (std::uint8_t n = 1; n <= 3; ++n) cache.insert(id(n), key());
  cache.find(id(1));
  cache.insert(id(4), key());
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_EQ(cache.find(id(2)), nullptr);
  for (const std::uint8_t n : std::to_array<std::uint8_t>({1, 3, 4})) EXPECT_NE(cache.find(id(n)), nullptr) << int{n};
}

TEST(KeyCache, AKeyInUseOutlivesItsPlace) {
  KeyCache cache(1);
  cache.insert(id(1), key());
  const auto in_use = cache.find(id(1));
  cache.insert(id(2), key());
  EXPECT_EQ(cache.find(id(1)), nullptr);
  EXPECT_EQ(in_use->policy(), core::KeyPolicy{});
}

TEST(KeyCache, TheFirstOfTwoThreadsWins) {
  KeyCache cache;
  const auto first = key();
  cache.insert(id(1), first);
  cache.insert(id(1), key());
  EXPECT_EQ(cache.find(id(1)), first);
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace hsm::partition
