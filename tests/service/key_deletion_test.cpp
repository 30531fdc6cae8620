#include <gtest/gtest.h>

#include "service/keys.h"
#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

constexpr std::int64_t kSecondsADay = 86'400;

Result<DeletedKey> remove(World& world, std::string_view name, std::int64_t second = 5'000) {
  Operation operation = an_operation(second);
  return world.keys.remove(named(name), operation);
}
Result<core::KeyRecord> recover(World& world, std::string_view name) {
  Operation operation = an_operation();
  return world.keys.recover(named(name), operation);
}
Status purge(World& world, std::string_view name) {
  Operation operation = an_operation();
  return world.keys.purge(named(name), operation);
}

TEST(DeleteKey, HidesItFromEveryRead) {
  World world;
  const auto key = world.create("k");
  ASSERT_TRUE(world.keys.get(named("k"), {}));
  ASSERT_TRUE(world.keys.get(named("k"), key->version));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(world.keys.peek(named("k"), {}), nullptr);
  EXPECT_EQ(world.keys.peek(named("k"), key->version), nullptr);
  EXPECT_EQ(error_of(world.keys.get(named("k"), {})), Errc::kKeyNotFound);
  EXPECT_EQ(error_of(world.keys.get(named("k"), key->version)), Errc::kKeyNotFound);
  EXPECT_TRUE(world.keys.list("", 25)->items.empty());
  EXPECT_TRUE(world.keys.list_versions(named("k"), "", 25)->items.empty());
}

TEST(DeleteKey, SaysUntilWhenItCanBeRecovered) {
  World world({.retention_days = 7});
  ASSERT_TRUE(world.create("k"));
  const auto deleted = remove(world, "k", 5'000);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->head.deleted, 5'000);
  EXPECT_EQ(deleted->head.purge_at, 5'000 + 7 * kSecondsADay);
  EXPECT_EQ(world.keys.get_deleted(named("K"))->head.deleted, 5'000);
  EXPECT_EQ(world.keys.list_deleted("", 25)->items.size(), 1);
}

TEST(DeleteKey, TwiceIsNotFound) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(error_of(remove(world, "k")), Errc::kKeyNotFound);
}

TEST(DeleteKey, ItsNameIsTakenUntilItIsRecoveredOrPurged) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(error_of(world.create("K")), Errc::kConflict);
  ASSERT_TRUE(purge(world, "k"));
  EXPECT_TRUE(world.create("K"));
}

TEST(DeleteKey, ADeletedKeyCantBeChanged) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(remove(world, "k"));
  Operation operation = an_operation();
  const UpdateKey change{.name = named("k"), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
  EXPECT_EQ(error_of(world.keys.update(change, operation)), Errc::kKeyNotFound);
}

TEST(RecoverKey, BringsBackEveryVersion) {
  World world;
  const auto first = world.create("k", 1'000);
  const auto second = world.create("k", 1'001);
  ASSERT_TRUE(remove(world, "k"));
  const auto recovered = recover(world, "k");
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->version, second->version);
  EXPECT_TRUE(world.keys.get(named("k"), first->version));
  EXPECT_TRUE(world.keys.get(named("k"), second->version));
  EXPECT_EQ(error_of(world.keys.get_deleted(named("k"))), Errc::kKeyNotFound);
}

TEST(RecoverKey, NeedsADeletedKey) {
  World world;
  EXPECT_EQ(error_of(recover(world, "k")), Errc::kKeyNotFound);
  ASSERT_TRUE(world.create("k"));
  EXPECT_EQ(error_of(recover(world, "k")), Errc::kKeyNotFound);
}

TEST(PurgeKey, LeavesNothingOfIt) {
  World world;
  for (std::int64_t second = 1'000; second < 1'100; ++second) ASSERT_TRUE(world.create("k", second));
  ASSERT_TRUE(world.create("k-2"));
  ASSERT_TRUE(remove(world, "k"));
  ASSERT_TRUE(purge(world, "k"));
  EXPECT_EQ(error_of(recover(world, "k")), Errc::kKeyNotFound);
  EXPECT_TRUE(world.store.list("deleted/", "", 10)->empty());
  EXPECT_TRUE(world.store.list("versions/k/", "", 10)->empty());
  EXPECT_TRUE(world.keys.get(named("k-2"), {}));
}

TEST(PurgeKey, NeedsADeletedKey) {
  World world;
  ASSERT_TRUE(world.create("k"));
  EXPECT_EQ(error_of(purge(world, "k")), Errc::kKeyNotFound);
  EXPECT_TRUE(world.keys.get(named("k"), {}));
}

TEST(PurgeKey, IsRefusedUnderPurgeProtection) {
  World world({.purge_protection = true});
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(error_of(purge(world, "k")), Errc::kForbidden);
  EXPECT_TRUE(recover(world, "k"));
}

TEST(Deletion, EveryStepLeavesARecordWithItsStatus) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(world.sink.last().http_status, 200);
  ASSERT_TRUE(purge(world, "k"));
  EXPECT_EQ(world.sink.last().http_status, 204);
  EXPECT_EQ(world.sink.ids().size(), 3);
}

TEST(Deletion, ItsRecordNamesTheLatestVersion) {
  World world;
  const auto key = world.create("k");
  Operation operation = an_operation();
  operation.event.key_id = "https://h/keys/k";
  ASSERT_TRUE(world.keys.remove(named("k"), operation));
  EXPECT_EQ(world.sink.last().key_id, "https://h/keys/k/" + key->version.text());
}

TEST(ListDeletedKeys, Pages) {
  World world;
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_TRUE(world.create(name));
    ASSERT_TRUE(remove(world, name));
  }
  const auto first = world.keys.list_deleted("", 2);
  ASSERT_TRUE(first->next);
  EXPECT_EQ(first->items.size(), 2);
  const auto second = world.keys.list_deleted(*first->next, 2);
  EXPECT_EQ(second->items.at(0).head.name.text(), "c");
  EXPECT_FALSE(second->next);
}

}  // namespace
}  // namespace hsm::service
