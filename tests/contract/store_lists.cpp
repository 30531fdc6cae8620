// Listings: order, prefixes and paging.
#include <string>
#include <vector>

#include "tests/contract/store_contract.h"

namespace hsm::test {
namespace {

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

}  // namespace
}  // namespace hsm::test
