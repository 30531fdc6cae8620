#include "storage/freshness.h"

#include <gtest/gtest.h>

#include <string>

namespace hsm::test {
namespace {

using storage::Freshness;

constexpr Freshness::Tag kTagA{1};
constexpr Freshness::Tag kTagB{2};

TEST(Freshness, OfAnUnknownPathAllIsFresh) {
  EXPECT_TRUE(Freshness::follows(std::nullopt, {7, kTagA}, 0));
}

TEST(Freshness, AnOlderRevisionIsNot) {
  EXPECT_FALSE(Freshness::follows(Freshness::Mark{7, kTagA}, {6, kTagB}, 5));
  EXPECT_FALSE(Freshness::follows(Freshness::Mark{7, std::nullopt}, {6, kTagB}, 5));
}

TEST(Freshness, TheSameRevisionIsTheSameValue) {
  EXPECT_TRUE(Freshness::follows(Freshness::Mark{7, kTagA}, {7, kTagA}, 0));
  EXPECT_FALSE(Freshness::follows(Freshness::Mark{7, kTagA}, {7, kTagB}, 0));
  EXPECT_FALSE(Freshness::follows(Freshness::Mark{7, std::nullopt}, {7, kTagB}, 0));
}

TEST(Freshness, ANewerValueReplacedTheKnownOneOrALater) {
  EXPECT_TRUE(Freshness::follows(Freshness::Mark{7, kTagA}, {9, kTagB}, 7));
  EXPECT_TRUE(Freshness::follows(Freshness::Mark{7, kTagA}, {9, kTagB}, 8));
  EXPECT_FALSE(Freshness::follows(Freshness::Mark{7, kTagA}, {9, kTagB}, 6));
  EXPECT_FALSE(Freshness::follows(Freshness::Mark{7, kTagA}, {9, kTagB}, 0));
}

TEST(Freshness, AfterADeletionAValueBeginsAnew) {
  EXPECT_TRUE(Freshness::follows(Freshness::Mark{7, std::nullopt}, {9, kTagB}, 0));
}

TEST(Freshness, RemembersTheNewest) {
  Freshness freshness;
  EXPECT_FALSE(freshness.newest("a").has_value());
  freshness.saw("a", {7, kTagA});
  freshness.saw("a", {5, kTagB});
  EXPECT_EQ(freshness.newest("a")->revision, 7U);
  EXPECT_EQ(freshness.newest("a")->tag, kTagA);
  freshness.saw("a", {8, std::nullopt});
  EXPECT_FALSE(freshness.newest("a")->tag.has_value());
}

TEST(Freshness, ForgetsThePathsUsedLeast) {
  Freshness freshness;
  freshness.saw("kept", {1, kTagA});
  freshness.saw("forgotten", {1, kTagA});
  for (std::size_t i = 0; i + 2 < storage::kFreshnessPathsMax; ++i) freshness.saw(std::to_string(i), {2, kTagA});
  freshness.saw("kept", {1, kTagA});
  freshness.saw("one more", {3, kTagA});
  EXPECT_TRUE(freshness.newest("kept").has_value());
  EXPECT_FALSE(freshness.newest("forgotten").has_value());
}

}  // namespace
}  // namespace hsm::test
