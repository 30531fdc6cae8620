#include <gtest/gtest.h>

#include "core/key_rules.h"
#include "service/keys.h"
#include "tests/service/rotation_scene.h"

namespace hsm::service {
namespace {

Result<core::KeyRecord> restore(World& world, std::string_view blob) {
  HSM_TRY(const core::KeyBackup backup, world.keys.open_backup(blob));
  Operation operation = an_operation(9'000);
  return world.keys.restore(backup, operation);
}

void forget(World& world, std::string_view name) {
  Operation removal = an_operation(5'000), purge = an_operation(6'000);
  ASSERT_TRUE(world.keys.remove(named(name), removal));
  ASSERT_TRUE(world.keys.purge(named(name), purge));
}

// Everything that is stored but the outbox of audit records.
std::vector<core::Record> stored(World& world) {
  std::vector<core::Record> all;
  for (const char* prefix : {"keys/", "deleted/", "versions/"}) {
    const std::vector<core::Record> records = world.store.list(prefix, "", 10'000).value();
    all.insert(all.end(), records.begin(), records.end());
  }
  return all;
}

// A key of two versions, each with attributes and tags of its own.
void make_key(World& world) {
  NewKey first = World::request("My-Key");
  first.tags = {{"a", "1"}};
  first.attributes = {.enabled = false, .not_before = 10, .expires = 20};
  NewKey second = World::request("my-key");
  second.tags = {{"b", "2"}};
  Operation one = an_operation(1'000), two = an_operation(2'000);
  ASSERT_TRUE(world.keys.create(first, core::kRsaExponentDefault, one));
  ASSERT_TRUE(world.keys.create(second, core::kRsaExponentDefault, two));
}

TEST(BackupKey, BringsBackEveryVersionAsItWas) {
  World world;
  make_key(world);
  const std::vector<core::Record> before = stored(world);
  const std::string blob = world.keys.backup(named("MY-KEY")).value();
  forget(world, "my-key");
  ASSERT_TRUE(stored(world).empty());

  const core::KeyRecord latest = restore(world, blob).value();

  const std::vector<core::Record> after = stored(world);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].path, before[i].path);
    EXPECT_EQ(after[i].value, before[i].value);
  }
  EXPECT_EQ(latest.name.text(), "My-Key");
  EXPECT_EQ(latest.tags, (core::Tags{{"b", "2"}}));
}

TEST(BackupKey, AHundredVersionsWithTagsTravelInSeveralParts) {
  World world;
  for (std::uint32_t i = 0; i < core::kKeyVersionsMax; ++i) {
    NewKey request = World::request("k");
    for (int tag = 0; tag < 15; ++tag) request.tags.emplace_back("tag" + std::to_string(tag), std::string(256, 'x'));
    Operation operation = an_operation(1'000 + i);
    ASSERT_TRUE(world.keys.create(request, core::kRsaExponentDefault, operation));
  }
  const std::size_t before = stored(world).size();
  const std::string blob = world.keys.backup(named("k")).value();
  EXPECT_GT(std::ranges::count(blob, '~'), 5);
  forget(world, "k");
  ASSERT_TRUE(restore(world, blob));
  EXPECT_EQ(stored(world).size(), before);
}

TEST(BackupKey, OneThatCouldNotBeRestoredIsNotMade) {
  World world;
  for (std::uint32_t i = 0; i < core::kKeyVersionsMax; ++i) {
    NewKey request = World::request("k");
    std::string wide;
    for (int n = 0; n < 256; ++n) wide += "\xF0\x9F\x94\x91";
    for (int tag = 0; tag < 15; ++tag) request.tags.emplace_back("tag" + std::to_string(tag), wide);
    Operation operation = an_operation(1'000 + i);
    ASSERT_TRUE(world.keys.create(request, core::kRsaExponentDefault, operation));
  }
  EXPECT_EQ(error_of(world.keys.backup(named("k"))), Errc::kBadParameter);
}

TEST(BackupKey, NeedsALiveKey) {
  World world;
  EXPECT_EQ(error_of(world.keys.backup(named("k"))), Errc::kKeyNotFound);
  ASSERT_TRUE(world.create("k"));
  Operation operation = an_operation();
  ASSERT_TRUE(world.keys.remove(named("k"), operation));
  EXPECT_EQ(error_of(world.keys.backup(named("k"))), Errc::kKeyNotFound);
}

TEST(RestoreKey, WorksInAnotherInstanceOfTheSameSecurityDomain) {
  World one, other;
  other.partitions.domain = partition::MasterSecret::open_payload(one.partitions.domain.payload()).value();
  make_key(one);
  ASSERT_TRUE(restore(other, one.keys.backup(named("my-key")).value()));
  EXPECT_EQ(stored(other).size(), stored(one).size());
}

TEST(RestoreKey, WorksInNoOther) {
  World one, other;
  other.partitions.domain = partition::MasterSecret::create(other.partitions.domain_random);
  make_key(one);
  EXPECT_EQ(error_of(restore(other, one.keys.backup(named("my-key")).value())), Errc::kMalformedBackupBlob);
  EXPECT_TRUE(stored(other).empty());
}

TEST(RestoreKey, ANameInUseIsAConflictAndNothingChanges) {
  World world;
  make_key(world);
  const std::string blob = world.keys.backup(named("my-key")).value();
  ASSERT_TRUE(world.create("my-key", 3'000));
  const std::size_t before = stored(world).size();
  EXPECT_EQ(error_of(restore(world, blob)), Errc::kConflict);
  EXPECT_EQ(stored(world).size(), before);

  Operation operation = an_operation();
  ASSERT_TRUE(world.keys.remove(named("my-key"), operation));
  EXPECT_EQ(error_of(restore(world, blob)), Errc::kConflict) << "a deleted key keeps its name";
}

TEST(RestoreKey, AnySingleChangedByteIsRefusedAndNothingIsWritten) {
  World world;
  make_key(world);
  const std::string blob = world.keys.backup(named("my-key")).value();
  forget(world, "my-key");
  for (std::size_t i = 0; i < blob.size(); ++i) {
    for (const int flip : {0x01, 0x02, 0x20, 0x80}) {
      std::string changed = blob;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      ASSERT_EQ(error_of(restore(world, changed)), Errc::kMalformedBackupBlob) << i << " ^ " << flip;
    }
  }
  EXPECT_TRUE(stored(world).empty());
  EXPECT_TRUE(restore(world, blob));
}

TEST(RestoreKey, ATruncatedOrLengthenedBlobIsRefused) {
  World world;
  make_key(world);
  const std::string blob = world.keys.backup(named("my-key")).value();
  forget(world, "my-key");
  for (std::size_t size = 0; size < blob.size(); ++size) {
    ASSERT_EQ(error_of(restore(world, blob.substr(0, size))), Errc::kMalformedBackupBlob) << size;
  }
  for (const std::string& changed : {blob + "~", "~" + blob, blob + "~" + blob, blob + "A", blob + "."}) {
    EXPECT_EQ(error_of(restore(world, changed)), Errc::kMalformedBackupBlob);
  }
  EXPECT_EQ(error_of(restore(world, std::string(core::kBackupBlobBytesMax + 1, 'A'))), Errc::kMalformedBackupBlob);
  EXPECT_TRUE(stored(world).empty());
}

TEST(RestoreKey, PartsOfTwoBackupsDontMix) {
  World world;
  for (std::uint32_t i = 0; i < 20; ++i) {
    NewKey request = World::request("k");
    for (int tag = 0; tag < 15; ++tag) request.tags.emplace_back("tag" + std::to_string(tag), std::string(256, 'x'));
    Operation operation = an_operation(1'000 + i);
    ASSERT_TRUE(world.keys.create(request, core::kRsaExponentDefault, operation));
  }
  const std::string one = world.keys.backup(named("k")).value(), two = world.keys.backup(named("k")).value();
  forget(world, "k");
  const std::size_t cut_one = one.find('~'), cut_two = two.find('~');
  ASSERT_NE(cut_one, std::string::npos);
  EXPECT_EQ(error_of(restore(world, one.substr(0, cut_one) + two.substr(cut_two))), Errc::kMalformedBackupBlob);
  EXPECT_EQ(error_of(restore(world, one.substr(cut_one + 1) + "~" + one.substr(0, cut_one))),
            Errc::kMalformedBackupBlob);
  EXPECT_TRUE(restore(world, one));
}

TEST(RestoreKey, LeavesOneRecordThatNamesTheLatestVersion) {
  World world;
  make_key(world);
  const std::string blob = world.keys.backup(named("my-key")).value();
  forget(world, "my-key");
  const std::size_t records = world.sink.ids().size();
  const core::KeyBackup backup = world.keys.open_backup(blob).value();
  Operation operation = an_operation();
  operation.event.key_id = "https://h/keys/my-key";
  ASSERT_TRUE(world.keys.restore(backup, operation));
  EXPECT_EQ(world.sink.ids().size(), records + 1);
  EXPECT_EQ(world.sink.last().key_id, "https://h/keys/my-key/" + backup.head.latest.text());
}

TEST(RestoreKey, ItsRotationPolicyIsInForceAgain) {
  World world;
  ASSERT_TRUE(world.create("k"));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  const std::string blob = world.keys.backup(named("k")).value();
  forget(world, "k");
  ASSERT_EQ(due_entries(world), 0);
  ASSERT_TRUE(restore(world, blob));
  EXPECT_EQ(world.keys.head(named("k"))->rotation->rotation->time.text(), "P30D");
  EXPECT_EQ(due_entries(world), 1);
}

}  // namespace
}  // namespace hsm::service
