// Records, expectations and atomicity.
#include <string>

#include "tests/contract/store_contract.h"

namespace hsm::test {
namespace {

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

TEST_P(StoreContract, ATransactionThatChangesNothingHasTheLastRevision) {
  const auto last = put("keys/a", "one");
  EXPECT_EQ(must_commit({.expectations = {}, .puts = {}, .deletes = {"keys/none"}}), last);
  EXPECT_EQ(must_commit({.expectations = {{"keys/a", last}}, .puts = {}, .deletes = {}}), last);
  EXPECT_EQ(must_commit({}), last);
  EXPECT_THAT(store().commit({.expectations = {{"keys/a", core::kAbsent}}, .puts = {}, .deletes = {}}), conflicts());
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

}  // namespace
}  // namespace hsm::test
