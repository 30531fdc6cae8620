#include "core/due_date.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

KeyHead head(std::string_view name = "My-Key") {
  return {.name = *KeyName::parse(name),
          .latest = *KeyVersion::parse("0101090353a00a20b164c064f8be0c26"),
          .versions = 1,
          .deleted = {},
          .purge_at = {}};
}

KeyHead rotating(std::int64_t at) {
  KeyHead made = head();
  made.rotate_at = at;
  return made;
}

TEST(DueDate, OfADeletedKeyIsItsPurgeAndOfAnotherItsRotation) {
  KeyHead key = rotating(50);
  EXPECT_EQ(due_at(key), 50);
  key.deleted = 10;
  key.purge_at = 20;
  EXPECT_EQ(due_at(key), 20);
  EXPECT_FALSE(is_due(key, 19));
  EXPECT_TRUE(is_due(key, 20));
  EXPECT_FALSE(is_due(head(), INT64_MAX));
}

TEST(DueDate, EntriesSortByTime) {
  Transaction transaction;
  for (const std::int64_t at : {-5LL, 0LL, 9LL, 10LL, 1'000'000'000LL, 253'402'300'799LL}) {
    const KeyHead key = rotating(at);
    index_due_date(transaction, nullptr, &key);
  }
  ASSERT_EQ(transaction.puts.size(), 6);
  for (std::size_t i = 2; i < transaction.puts.size(); ++i) {
    EXPECT_LT(transaction.puts[i - 1].path, transaction.puts[i].path);
  }
  EXPECT_EQ(transaction.puts[3].path, "due/000000000010/my-key");
}

TEST(DueDate, MovesWithItsHead) {
  const KeyHead early = rotating(10);
  const KeyHead late = rotating(20);
  const KeyHead never = head();
  Transaction moved;
  index_due_date(moved, &early, &late);
  EXPECT_EQ(moved.deletes, std::vector<std::string>{"due/000000000010/my-key"});
  EXPECT_EQ(moved.puts.at(0).path, "due/000000000020/my-key");
  Transaction same;
  index_due_date(same, &early, &early);
  index_due_date(same, &never, &never);
  index_due_date(same, nullptr, &never);
  EXPECT_TRUE(same.puts.empty() && same.deletes.empty());
  Transaction gone;
  index_due_date(gone, &early, nullptr);
  EXPECT_EQ(gone.deletes.size(), 1);
}

TEST(DueDate, ReadsBackItsPath) {
  const auto due = parse_due_path("due/000000000010/my-key");
  ASSERT_TRUE(due);
  EXPECT_EQ(due->at, 10);
  EXPECT_EQ(due->name.text(), "my-key");
  for (const char* path : {"", "due/", "due/000000000010", "due/000000000010/", "due/00000000010/my-key", "keys/my-key",
                           "due/00000000001x/my-key", "due/-00000000010/my-key", "due/000000000010/a/b"}) {
    EXPECT_FALSE(parse_due_path(path)) << path;
  }
}

}  // namespace
}  // namespace hsm::core
