#include <gtest/gtest.h>

#include "tests/service/rotation_scene.h"

namespace hsm::service {
namespace {

TEST(RotationPolicyOfAKey, IsNoneUntilItIsSet) {
  World world;
  ASSERT_TRUE(world.create("k"));
  EXPECT_FALSE(world.keys.head(named("k"))->rotation);
  EXPECT_EQ(error_of(world.keys.head(named("other"))), Errc::kKeyNotFound);
  EXPECT_EQ(error_of(set_policy(world, "other", after_create("P30D"))), Errc::kKeyNotFound);
}

TEST(RotationPolicyOfAKey, KeepsItsCreationDateWhenItIsReplaced) {
  World world;
  ASSERT_TRUE(world.create("K"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D", "P90D"), 5'000));
  ASSERT_TRUE(set_policy(world, "k", after_create("P60D"), 6'000));
  const auto head = world.keys.head(named("k"));
  ASSERT_TRUE(head->rotation);
  EXPECT_EQ(head->name.text(), "K");
  EXPECT_EQ(head->rotation->created, 5'000);
  EXPECT_EQ(head->rotation->updated, 6'000);
  EXPECT_FALSE(head->rotation->expiry_time) << "replaced, not merged";
  EXPECT_EQ(head->rotation->rotation->time.text(), "P60D");
}

TEST(RotationPolicyOfAKey, AnEmptyOneRemovesIt) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  EXPECT_EQ(due_entries(world), 1);
  ASSERT_TRUE(set_policy(world, "k", {}));
  EXPECT_FALSE(world.keys.head(named("k"))->rotation);
  EXPECT_EQ(due_entries(world), 0);
  EXPECT_EQ(error_of(rotate(world, "k")), Errc::kBadParameter);
}

TEST(RotationPolicyOfAKey, ABadOneChangesNothing) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  EXPECT_EQ(error_of(set_policy(world, "k", after_create("P27D"))), Errc::kBadParameter);
  EXPECT_EQ(world.keys.head(named("k"))->rotation->rotation->time.text(), "P30D");
}

TEST(RotationPolicyOfAKey, SurvivesDeletionAndRecoveryAndGoesWithAPurge) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(error_of(world.keys.head(named("k"))), Errc::kKeyNotFound);
  Operation recovery = an_operation();
  ASSERT_TRUE(world.keys.recover(named("k"), recovery));
  EXPECT_TRUE(world.keys.head(named("k"))->rotation);
  ASSERT_TRUE(remove(world, "k"));
  Operation purge = an_operation();
  ASSERT_TRUE(world.keys.purge(named("k"), purge));
  ASSERT_TRUE(world.create("k"));
  EXPECT_FALSE(world.keys.head(named("k"))->rotation);
  EXPECT_EQ(due_entries(world), 0);
}

TEST(RotateKey, MakesANewVersionOfTheSameKindWithMaterialOfItsOwn) {
  World world;
  NewKey request = World::request("k");
  request.operations = core::KeyOperations{core::KeyOperation::kSign};
  request.tags = {{"purpose", "payroll"}};
  request.attributes = {.enabled = {}, .not_before = 500, .expires = 90'000};
  Operation creation = an_operation(1'000);
  const auto first = world.keys.create(request, core::kRsaExponentDefault, creation);
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D", "P90D")));

  const auto second = rotate(world, "k", 2'000);

  ASSERT_TRUE(second);
  EXPECT_NE(second->version, first->version);
  EXPECT_NE(second->material->wrapped, first->material->wrapped);
  EXPECT_EQ(second->spec, first->spec);
  EXPECT_EQ(second->operations, first->operations);
  EXPECT_EQ(second->tags, first->tags);
  EXPECT_EQ(second->attributes.created, 2'000);
  EXPECT_EQ(second->attributes.expires, 2'000 + 90 * kDay);
  EXPECT_FALSE(second->attributes.not_before);
  EXPECT_EQ((*world.keys.get(named("k"), {}))->version, second->version);
  EXPECT_EQ((*world.keys.get(named("k"), first->version))->attributes.expires, 90'000) << "the old one stays as it was";
}

TEST(RotateKey, WithoutAnExpiryTimeNewVersionsDoNotExpire) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(set_expiry(world, "k", 90'000));
  EXPECT_FALSE(rotate(world, "k")->attributes.expires);
}

TEST(RotateKey, KeepsThePublicExponent) {
  World world;
  NewKey request = World::request("k");
  request.spec = {.type = core::KeyType::kRsa, .bits = 2048};
  world.partitions.public_key = {.modulus = Bytes(256, 0xC1), .exponent = {3}};
  Operation creation = an_operation();
  ASSERT_TRUE(world.keys.create(request, 3, creation));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(rotate(world, "k"));
  EXPECT_EQ(world.partitions.last_exponent, 3U);
}

TEST(RotateKey, OfAnImportedKeyWithAnExponentTooWideToGenerateTakesTheUsualOne) {
  World world;
  NewKey request = World::request("k");
  request.spec = {.type = core::KeyType::kRsa, .bits = 2048};
  world.partitions.public_key = {.modulus = Bytes(256, 0xC1), .exponent = {1, 0, 0, 0, 1}};
  Operation import = an_operation();
  ASSERT_TRUE(world.keys.import(request, {}, import));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(rotate(world, "k"));
  EXPECT_EQ(world.partitions.last_exponent, 65'537U);
}

TEST(RotateKey, NeedsAPolicyAndAKey) {
  World world;
  EXPECT_EQ(error_of(rotate(world, "k")), Errc::kKeyNotFound);
  ASSERT_TRUE(world.create("k"));
  EXPECT_EQ(error_of(rotate(world, "k")), Errc::kBadParameter);
  EXPECT_EQ(world.partitions.generated, 1U);
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(remove(world, "k"));
  EXPECT_EQ(error_of(rotate(world, "k")), Errc::kKeyNotFound);
}

TEST(RotateKey, CountsToTheHundredVersionsOfAKey) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  for (int i = 1; i < 100; ++i) ASSERT_TRUE(rotate(world, "k", 2'000 + i));
  EXPECT_EQ(error_of(rotate(world, "k")), Errc::kBadParameter);
  EXPECT_EQ(versions(world, "k"), 100);
  EXPECT_EQ(world.partitions.generated, 100U) << "refused before anything is generated";
}

TEST(RotateKey, ByRequestGivesAnEnabledVersion) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  Operation operation = an_operation();
  UpdateKey disabling{.name = named("k"), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
  disabling.attributes.enabled = false;
  ASSERT_TRUE(world.keys.update(disabling, operation));
  EXPECT_TRUE(rotate(world, "k")->attributes.enabled);
}

TEST(RotateKey, WithoutPartitionsNothingChanges) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  world.partitions.unavailable = true;
  EXPECT_EQ(error_of(rotate(world, "k")), Errc::kUnavailable);
  EXPECT_EQ(versions(world, "k"), 1);
}

TEST(RotateKey, ItsRecordNamesTheNewVersion) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  Operation operation = an_operation();
  operation.event.key_id = "https://h/keys/k";
  const auto rotated = world.keys.rotate(named("k"), operation);
  EXPECT_EQ(world.sink.last().key_id, "https://h/keys/k/" + rotated->version.text());
}

// While the partition generates, another request changes the key: the rotation takes place on what is there then.
TEST(RotateKey, LooksAgainWhenAnotherChangeComesBetween) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  world.partitions.while_generating = [&world] {
    Operation operation = an_operation();
    UpdateKey change{.name = named("k"), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
    change.tags = core::Tags{{"set", "meanwhile"}};
    ASSERT_TRUE(world.keys.update(change, operation));
  };
  const auto rotated = rotate(world, "k");
  ASSERT_TRUE(rotated);
  EXPECT_EQ(rotated->tags, (core::Tags{{"set", "meanwhile"}}));
  EXPECT_EQ(world.partitions.generated, 2U) << "the material still fits and is used";

  world.partitions.while_generating = [&world] {
    Operation operation = an_operation();
    UpdateKey change{.name = named("k"), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
    change.operations = core::KeyOperations{core::KeyOperation::kVerify};
    ASSERT_TRUE(world.keys.update(change, operation));
  };
  const auto again = rotate(world, "k");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->operations, core::KeyOperations{core::KeyOperation::kVerify});
  EXPECT_EQ(again->material->wrapped.at(1), static_cast<std::uint8_t>(again->operations.bits()))
      << "material is bound to the operations it was made for";
}

}  // namespace
}  // namespace hsm::service
