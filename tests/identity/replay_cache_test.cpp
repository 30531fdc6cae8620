#include "identity/replay_cache.h"

#include <gtest/gtest.h>

#include "tests/identity/token_maker.h"

namespace hsm::identity {
namespace {

using namespace std::chrono_literals;
using testing::kNow;

TEST(ReplayCache, AdmitsAnIdOnceUntilItExpires) {
  ReplayCache cache;
  EXPECT_TRUE(cache.admit("a", kNow + 10s, kNow));
  EXPECT_FALSE(cache.admit("a", kNow + 10s, kNow));
  EXPECT_FALSE(cache.admit("a", kNow + 99s, kNow + 9s));
  EXPECT_TRUE(cache.admit("b", kNow + 10s, kNow));
}

TEST(ReplayCache, ForgetsWhatExpired) {
  ReplayCache cache;
  for (int i = 0; i < 100; ++i) cache.admit(std::to_string(i), kNow + std::chrono::seconds(i), kNow);
  EXPECT_TRUE(cache.admit("next", kNow + 300s, kNow + 200s));
  EXPECT_EQ(cache.size(), 1U);
}

TEST(ReplayCache, RefusesWhenFullSinceForgettingWouldLetReplaysIn) {
  ReplayCache cache(2);
  EXPECT_TRUE(cache.admit("a", kNow + 10s, kNow));
  EXPECT_TRUE(cache.admit("b", kNow + 20s, kNow));
  EXPECT_FALSE(cache.admit("c", kNow + 30s, kNow));
  EXPECT_TRUE(cache.admit("c", kNow + 30s, kNow + 10s));
  EXPECT_EQ(cache.size(), 2U);
}

}  // namespace
}  // namespace hsm::identity
