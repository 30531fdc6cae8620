// What the service does for secure key release; what a partition decides is tests/boundary/key_release_test.cpp.
#include <gtest/gtest.h>

#include "tests/service/rotation_scene.h"

namespace hsm::service {
namespace {

core::WantedReleasePolicy wanted(std::string text, std::optional<bool> immutable = {}) {
  core::WantedReleasePolicy policy{.text = text, .immutable = immutable};
  policy.digest[0] = static_cast<std::uint8_t>(text.front());
  return policy;
}
NewKey exportable(std::string_view name, std::optional<bool> immutable = {}) {
  NewKey request = World::request(name);
  request.release = {.exportable = true, .policy = wanted("first", immutable)};
  return request;
}
Result<core::KeyRecord> create(World& world, const NewKey& request) {
  Operation operation = an_operation();
  return world.keys.create(request, core::kRsaExponentDefault, operation);
}
Result<core::KeyRecord> change_policy(World& world, std::string_view name, const core::WantedReleasePolicy& policy) {
  Operation operation = an_operation();
  UpdateKey change{.name = named(name), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
  change.release.policy = policy;
  return world.keys.update(change, operation);
}
Result<ReleasedKey> release(World& world, std::string_view name) {
  Operation operation = an_operation();
  return world.keys.release({.name = named(name), .version = {}, .token = "token"}, operation);
}

TEST(KeyRelease, ThePolicyIsBoundToTheMaterialWhenItIsMade) {
  World world;
  const core::KeyRecord key = create(world, exportable("k", true)).value();
  EXPECT_TRUE(key.attributes.exportable);
  EXPECT_EQ(key.release_policy->text, "first");
  EXPECT_TRUE(world.partitions.last_policy.exportable);
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("first").digest);
  EXPECT_TRUE(world.partitions.last_policy.release_policy_immutable);
}

// What released SDKs make for secure wrap: a policy, and not exportable.
TEST(SecureWrap, TheKeysPolicyIsBoundAndGoesWithTheRequest) {
  World world;
  NewKey request = World::request("k");
  request.spec = {.type = core::KeyType::kOct, .bits = 256};
  request.operations = core::KeyOperations{core::KeyOperation::kSecureWrapKey, core::KeyOperation::kSecureUnwrapKey};
  request.release = {.policy = wanted("first")};
  const core::KeyRecord key = create(world, request).value();
  EXPECT_FALSE(key.attributes.exportable);
  EXPECT_FALSE(world.partitions.last_policy.exportable);
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("first").digest);
  EXPECT_EQ(release(world, "k").error().code, Errc::kForbidden);
  Operation operation = an_operation();
  EXPECT_TRUE(world.keys.secure_wrap(
      {.name = named("k"), .version = {}, .algorithm = core::SecureWrapAlgorithm::kA256Kw}, operation));
  const auto opened = world.keys.secure_unwrap({.name = named("k"),
                                                .version = {},
                                                .algorithm = core::SecureWrapAlgorithm::kA256Kw,
                                                .value = {},
                                                .token = "token",
                                                .issuer = {}},
                                               operation);
  EXPECT_EQ(text_of(opened.value().value), "first");
}

TEST(KeyRelease, ImportedMaterialGetsItToo) {
  World world;
  Operation operation = an_operation();
  const auto key = world.keys.import(exportable("k"), core::PrivateKey{}, operation);
  EXPECT_TRUE(key->attributes.exportable);
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("first").digest);
}

TEST(KeyRelease, LaterVersionsHaveWhatTheFirstOneHas) {
  World world;
  create(world, exportable("k")).value();
  ASSERT_TRUE(change_policy(world, "k", wanted("second")));
  const core::KeyRecord created = world.create("k").value();
  EXPECT_EQ(created.release_policy->text, "second");
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("second").digest);
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  const core::KeyRecord rotated = rotate(world, "k").value();
  EXPECT_EQ(rotated.release_policy, created.release_policy);
  EXPECT_TRUE(rotated.attributes.exportable);
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("second").digest);
}

TEST(KeyRelease, AKeyThatIsNotExportableNeverBecomesSo) {
  World world;
  world.create("k").value();
  EXPECT_EQ(error_of(create(world, exportable("k"))), Errc::kBadParameter);
  EXPECT_EQ(error_of(change_policy(world, "k", wanted("first"))), Errc::kBadParameter);
  EXPECT_EQ(error_of(release(world, "k")), Errc::kForbidden);
}

// The one that comes second finds a key of another kind than it thought, and makes its material again.
TEST(KeyRelease, AVersionThatIsMadeMeanwhileIsThePredecessor) {
  World world;
  world.partitions.while_generating = [&world] { create(world, exportable("k")).value(); };
  const core::KeyRecord key = world.create("k").value();
  EXPECT_TRUE(key.attributes.exportable);
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("first").digest);
  EXPECT_EQ(versions(world, "k"), 2u);
}

TEST(KeyRelease, SoIsAPolicyThatIsChangedMeanwhile) {
  World world;
  create(world, exportable("k")).value();
  world.partitions.while_generating = [&world] { change_policy(world, "k", wanted("second")).value(); };
  EXPECT_EQ(world.create("k").value().release_policy->text, "second");
  EXPECT_EQ(world.partitions.last_policy.release_policy_digest, wanted("second").digest);
}

TEST(KeyRelease, AChangedPolicyIsBoundToTheSameMaterial) {
  World world;
  const core::KeyRecord before = create(world, exportable("k")).value();
  const core::KeyRecord after = change_policy(world, "k", wanted("second", true)).value();
  EXPECT_EQ(world.partitions.policy_changes, 1u);
  EXPECT_EQ(after.material->wrapped.at(0), before.material->wrapped.at(0));
  EXPECT_EQ(after.public_key, before.public_key);
  EXPECT_TRUE(after.release_policy->immutable);
  EXPECT_EQ(error_of(change_policy(world, "k", wanted("third"))), Errc::kBadParameter);
  EXPECT_TRUE(change_policy(world, "k", wanted("second")));  // as it is
  EXPECT_EQ(world.partitions.policy_changes, 1u);
}

TEST(KeyRelease, GivesThePartitionThePolicyOfTheKey) {
  World world;
  create(world, exportable("k")).value();
  const ReleasedKey released = release(world, "k").value();
  EXPECT_EQ(text_of(released.material.ciphertext), "first");
  EXPECT_EQ(released.material.encryption_key_id, "token");
  EXPECT_EQ(error_of(release(world, "unknown")), Errc::kKeyNotFound);
}

TEST(KeyRelease, ABackupBringsThePolicyBack) {
  World world;
  const core::KeyRecord key = create(world, exportable("k", true)).value();
  const std::string blob = world.keys.backup(named("k")).value();
  Operation operation = an_operation();
  ASSERT_TRUE(world.keys.remove(named("k"), operation));
  operation = an_operation();
  ASSERT_TRUE(world.keys.purge(named("k"), operation));
  operation = an_operation();
  const auto restored = world.keys.restore(world.keys.open_backup(blob).value(), operation);
  EXPECT_EQ(restored->release_policy, key.release_policy);
}

// The longest policy and the most tags: the record still fits a part of a backup.
TEST(KeyRelease, TheLargestKeyCanBeBackedUp) {
  World world;
  NewKey request = exportable("k");
  request.release.policy->text.assign(core::kReleasePolicyBytesMax, 'p');
  for (std::size_t i = 0; i < core::kTagsMax; ++i) {
    std::string tag;
    for (std::size_t c = 1; c < core::kTagCharactersMax; ++c) tag += "\xF0\x9F\x94\x91";
    request.tags.emplace_back(tag + static_cast<char>('a' + i), tag);
  }
  ASSERT_TRUE(create(world, request));
  EXPECT_TRUE(world.keys.backup(named("k")));
}

}  // namespace
}  // namespace hsm::service
