#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "core/key_rules.h"
#include "service/keys.h"
#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

using testing::ElementsAre;

Result<core::KeyRecord> update(World& world, UpdateKey request, std::int64_t second = 2'000) {
  Operation operation = an_operation(second);
  return world.keys.update(request, operation);
}

UpdateKey update_of(std::string_view name) {
  return {.name = named(name), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
}

std::vector<std::string> names_of(const std::vector<core::KeyRecord>& keys) {
  std::vector<std::string> names;
  for (const core::KeyRecord& key : keys) names.push_back(key.name.text());
  return names;
}

TEST(CreateKey, ItsDefaultsAreTheServices) {
  World world;
  const auto key = world.create("k", 1'234);
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->attributes.enabled);
  EXPECT_FALSE(key->attributes.exportable);
  EXPECT_EQ(key->attributes.created, 1'234);
  EXPECT_EQ(key->attributes.updated, 1'234);
  EXPECT_EQ(key->operations, core::default_operations(core::KeyType::kEc));
}

// The name is attested as it was first written, however the request spells it.
TEST(AttestKey, NamesTheKeyAndItsVersion) {
  World world;
  const auto first = world.create("My-Key");
  const auto second = world.create("my-key");
  ASSERT_TRUE(first && second);
  const auto attested = world.keys.attest(named("MY-KEY"), {});
  ASSERT_TRUE(attested);
  EXPECT_EQ(text_of(attested->attestation.public_key), "/keys/My-Key/" + second->version.text());
  EXPECT_EQ(attested->attestation.private_key, second->material->wrapped);
  const auto older = world.keys.attest(named("my-key"), first->version);
  ASSERT_TRUE(older);
  EXPECT_EQ(older->attestation.private_key, first->material->wrapped);
  EXPECT_EQ(older->key->version, first->version);
  EXPECT_EQ(world.keys.attest(named("none"), {}).error().code, Errc::kKeyNotFound);
}

TEST(CreateKey, LeavesARecord) {
  World world;
  ASSERT_TRUE(world.create("k"));
  EXPECT_EQ(world.sink.ids().size(), 1);
  EXPECT_EQ(world.sink.last().http_status, 200);
}

// reference/audit-metrics-limits.md §1.2: each record of a key operation has the key's id, with its version.
TEST(KeyChanges, AreRecordedWithTheIdOfTheVersion) {
  World world;
  Operation creation = an_operation();
  creation.event.key_id = "https://h/keys/k";
  const auto key = world.keys.create(World::request("k"), core::kRsaExponentDefault, creation);
  ASSERT_TRUE(key);
  const std::string id = "https://h/keys/k/" + key->version.text();
  EXPECT_EQ(world.sink.last().key_id, id);

  Operation change = an_operation();
  change.event.key_id = "https://h/keys/k";
  ASSERT_TRUE(world.keys.update(update_of("k"), change));
  EXPECT_EQ(world.sink.last().key_id, id);
}

TEST(CreateKey, TheSameNameAgainIsANewVersion) {
  World world;
  const auto first = world.create("k");
  const auto second = world.create("k", 1'001);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->version, second->version);
  EXPECT_EQ((*world.keys.get(named("k"), {}))->version, second->version);
  EXPECT_EQ((*world.keys.get(named("k"), first->version))->version, first->version);
}

TEST(CreateKey, TheNameStaysAsItWasFirstWritten) {
  World world;
  ASSERT_TRUE(world.create("My-Key"));
  const auto second = world.create("MY-KEY");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->name.text(), "My-Key");
  EXPECT_EQ((*world.keys.get(named("my-key"), {}))->version, second->version);
}

TEST(CreateKey, AKeyHasAtMostAHundredVersions) {
  World world;
  for (unsigned i = 0; i < core::kKeyVersionsMax; ++i) ASSERT_TRUE(world.create("k", 1'000 + i));
  EXPECT_EQ(error_of(world.create("k", 5'000)), Errc::kBadParameter);
  EXPECT_TRUE(world.create("other"));
}

TEST(CreateKey, WhatCannotBeIsRefusedBeforeAnythingIsMade) {
  struct Case {
    const char* name;
    void (*spoil)(NewKey&);
  };
  constexpr Case kCases[] = {
      {"a size nobody offers", [](NewKey& key) { key.spec = {.type = core::KeyType::kRsa, .bits = 1024}; }},
      {"an EC key that encrypts", [](NewKey& key) { key.operations = {core::KeyOperation::kEncrypt}; }},
      {"nbf after exp",
       [](NewKey& key) {
         key.attributes.not_before = 2;
         key.attributes.expires = 1;
       }},
      {"too many tags",
       [](NewKey& key) {
         for (std::size_t i = 0; i <= core::kTagsMax; ++i) key.tags.emplace_back(std::to_string(i), "");
       }},
      {"a tag that is too long", [](NewKey& key) { key.tags = {{"a", std::string(257, 'x')}}; }},
  };
  for (const Case& with : kCases) {
    World world;
    NewKey request = World::request("k");
    with.spoil(request);
    Operation operation = an_operation();
    EXPECT_EQ(error_of(world.keys.create(request, core::kRsaExponentDefault, operation)), Errc::kBadParameter)
        << with.name;
    EXPECT_EQ(world.partitions.generated, 0U) << with.name;
    EXPECT_EQ(error_of(world.keys.get(named("k"), {})), Errc::kKeyNotFound) << with.name;
  }
}

TEST(CreateKey, WithoutAPartitionThereIsNoKey) {
  World world;
  world.partitions.unavailable = true;
  EXPECT_EQ(error_of(world.create("k")), Errc::kUnavailable);
  EXPECT_EQ(error_of(world.keys.get(named("k"), {})), Errc::kKeyNotFound);
}

TEST(CreateKey, ConcurrentCreationsOfOneNameAreAllVersionsOfIt) {
  World world;
  constexpr int kThreads = 8;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&world] { EXPECT_TRUE(world.create("k")); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(world.keys.list_versions(named("k"), "", 25)->items.size(), kThreads);
  EXPECT_EQ(world.keys.list("", 25)->items.size(), 1);
  EXPECT_EQ(world.sink.ids().size(), kThreads);
}

TEST(UpdateKey, ReplacesWhatItNamesAndNothingElse) {
  World world;
  NewKey request = World::request("k");
  request.tags = {{"a", "1"}};
  request.attributes.expires = 9'000;
  Operation operation = an_operation();
  ASSERT_TRUE(world.keys.create(request, core::kRsaExponentDefault, operation));

  UpdateKey change = update_of("k");
  change.attributes.enabled = false;
  const auto after = update(world, change, 2'000);
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->attributes.enabled);
  EXPECT_EQ(after->attributes.expires, 9'000);
  EXPECT_EQ(after->tags, (core::Tags{{"a", "1"}}));
  EXPECT_EQ(after->attributes.created, 1'000);
  EXPECT_EQ(after->attributes.updated, 2'000);
}

TEST(UpdateKey, IsSeenByTheNextRead) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(world.keys.get(named("k"), {}));  // in the cache
  UpdateKey change = update_of("k");
  change.attributes.enabled = false;
  ASSERT_TRUE(update(world, change));
  EXPECT_EQ(world.keys.peek(named("k"), {}), nullptr);
  EXPECT_FALSE((*world.keys.get(named("k"), {}))->attributes.enabled);
}

TEST(UpdateKey, EmptyTagsRemoveThem) {
  World world;
  NewKey request = World::request("k");
  request.tags = {{"a", "1"}};
  Operation operation = an_operation();
  ASSERT_TRUE(world.keys.create(request, core::kRsaExponentDefault, operation));
  UpdateKey change = update_of("k");
  change.tags = core::Tags{};
  EXPECT_TRUE(update(world, change)->tags.empty());
}

TEST(UpdateKey, OperationsAreBoundToTheMaterialAnew) {
  World world;
  const auto before = world.create("k");
  UpdateKey change = update_of("k");
  change.operations = core::KeyOperations{core::KeyOperation::kVerify};
  const auto after = update(world, change);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->operations, change.operations);
  EXPECT_NE(after->material->wrapped, before->material->wrapped);
  EXPECT_NE(after->material->id, before->material->id);
}

TEST(UpdateKey, OneVersionDoesNotTouchTheOthers) {
  World world;
  const auto first = world.create("k", 1'000);
  const auto second = world.create("k", 1'001);
  UpdateKey change = update_of("k");
  change.version = first->version;
  change.attributes.enabled = false;
  ASSERT_TRUE(update(world, change));
  EXPECT_FALSE((*world.keys.get(named("k"), first->version))->attributes.enabled);
  EXPECT_TRUE((*world.keys.get(named("k"), second->version))->attributes.enabled);
}

TEST(UpdateKey, IsRefusedWhenTheWholeWouldBeWrong) {
  World world;
  NewKey request = World::request("k");
  request.attributes.not_before = 5'000;
  Operation operation = an_operation();
  ASSERT_TRUE(world.keys.create(request, core::kRsaExponentDefault, operation));
  UpdateKey change = update_of("k");
  change.attributes.expires = 4'000;
  EXPECT_EQ(error_of(update(world, change)), Errc::kBadParameter);
  EXPECT_FALSE((*world.keys.get(named("k"), {}))->attributes.expires);
}

TEST(UpdateKey, OfAnUnknownKeyOrVersionIsNotFound) {
  World world;
  EXPECT_EQ(error_of(update(world, update_of("k"))), Errc::kKeyNotFound);
  ASSERT_TRUE(world.create("k"));
  UpdateKey change = update_of("k");
  change.version = *core::KeyVersion::parse("00000000000000000000000000000000");
  EXPECT_EQ(error_of(update(world, change)), Errc::kKeyNotFound);
}

TEST(ListKeys, IsInTheOrderOfNamesAndPages) {
  World world;
  for (const char* name : {"c", "A", "b"}) ASSERT_TRUE(world.create(name));
  const auto first = world.keys.list("", 2);
  ASSERT_TRUE(first && first->next);
  EXPECT_THAT(names_of(first->items), ElementsAre("A", "b"));
  const auto second = world.keys.list(*first->next, 2);
  EXPECT_THAT(names_of(second->items), ElementsAre("c"));
  EXPECT_FALSE(second->next);
}

TEST(ListKeys, AFullLastPageHasNoNext) {
  World world;
  for (const char* name : {"a", "b"}) ASSERT_TRUE(world.create(name));
  EXPECT_FALSE(world.keys.list("", 2)->next);
}

TEST(ListKeys, ShowsTheLatestVersion) {
  World world;
  ASSERT_TRUE(world.create("k", 1'000));
  const auto second = world.create("k", 1'001);
  EXPECT_EQ(world.keys.list("", 25)->items.at(0).version, second->version);
}

TEST(ListVersions, IsInTheOrderTheyWereMade) {
  World world;
  std::vector<core::KeyVersion> made;
  for (std::int64_t second = 1'000; second < 1'005; ++second) made.push_back(world.create("k", second)->version);
  const auto page = world.keys.list_versions(named("k"), "", 25);
  ASSERT_EQ(page->items.size(), made.size());
  for (std::size_t i = 0; i < made.size(); ++i) EXPECT_EQ(page->items[i].version, made[i]);
}

TEST(ListVersions, OfANameThatBeginsLikeAnotherAreItsOwn) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(world.create("k-2"));
  EXPECT_EQ(world.keys.list_versions(named("k"), "", 25)->items.size(), 1);
}

TEST(ListVersions, OfAnUnknownKeyAreNone) {
  World world;
  EXPECT_TRUE(world.keys.list_versions(named("k"), "", 25)->items.empty());
}

}  // namespace
}  // namespace hsm::service
