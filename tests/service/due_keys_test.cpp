#include <gtest/gtest.h>

#include <thread>

#include "tests/service/rotation_scene.h"

namespace hsm::service {
namespace {

TEST(DueKeys, AKeyRotatesSoLongAfterItsCreation) {
  World world;
  ASSERT_TRUE(world.create("k", 1'000));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D", "P90D")));
  EXPECT_EQ(tend(world, 1'000 + 30 * kDay - 1).rotated, 0);
  EXPECT_EQ(tend(world, 1'000 + 30 * kDay).rotated, 1);
  EXPECT_EQ(versions(world, "k"), 2);
  const auto latest = *world.keys.get(named("k"), {});
  EXPECT_EQ(latest->attributes.created, 1'000 + 30 * kDay);
  EXPECT_EQ(latest->attributes.expires, 1'000 + 120 * kDay);
  EXPECT_EQ(tend(world, 1'000 + 60 * kDay - 1).rotated, 0);
  EXPECT_EQ(tend(world, 1'000 + 60 * kDay).rotated, 1);
}

TEST(DueKeys, AKeyRotatesSoLongBeforeItsExpiry) {
  World world;
  ASSERT_TRUE(world.create("k", 1'000));
  ASSERT_TRUE(set_policy(world, "k", before_expiry("P30D", "P90D")));
  EXPECT_EQ(tend(world, 1'000 + 10'000 * kDay).rotated, 0) << "a key that never expires";
  ASSERT_TRUE(set_expiry(world, "k", 100 * kDay));
  EXPECT_EQ(tend(world, 70 * kDay - 1).rotated, 0);
  EXPECT_EQ(tend(world, 70 * kDay).rotated, 1);
  EXPECT_EQ(tend(world, 130 * kDay - 1).rotated, 0);
  EXPECT_EQ(tend(world, 130 * kDay).rotated, 1) << "its expiry comes from the policy now";
}

TEST(DueKeys, AnOlderVersionsExpiryDoesNotCount) {
  World world;
  const auto first = world.create("k", 1'000);
  ASSERT_TRUE(world.create("k", 2'000));
  ASSERT_TRUE(set_policy(world, "k", before_expiry("P30D", "P90D")));
  ASSERT_TRUE(set_expiry(world, "k", 100 * kDay, first->version));
  EXPECT_EQ(due_entries(world), 0);
}

TEST(DueKeys, ANewVersionByRequestStartsTheTimeAnew) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(rotate(world, "k", 10 * kDay));
  ASSERT_TRUE(world.create("k", 20 * kDay));
  EXPECT_EQ(tend(world, 50 * kDay - 1).rotated, 0);
  EXPECT_EQ(tend(world, 50 * kDay).rotated, 1);
}

TEST(DueKeys, SeveralMissedRotationsAreCaughtUpByOne) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  EXPECT_EQ(tend(world, 1'000 * kDay).rotated, 1);
  EXPECT_EQ(tend(world, 1'000 * kDay).rotated, 0);
  EXPECT_EQ(versions(world, "k"), 2);
}

TEST(DueKeys, APolicyThatIsOverdueWhenItIsSetTakesEffectAtOnce) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D"), 100 * kDay));
  EXPECT_EQ(tend(world, 100 * kDay).rotated, 1);
}

TEST(DueKeys, ADeletedKeyDoesNotRotateAndCatchesUpWhenItIsRecovered) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_TRUE(remove(world, "k", 10 * kDay));
  EXPECT_EQ(due_entries(world), 1) << "of its purge";
  const DueKeys::Done while_deleted = tend(world, 50 * kDay);
  EXPECT_EQ(while_deleted.rotated + while_deleted.purged + while_deleted.failed, 0);
  Operation recovery = an_operation(50 * kDay);
  ASSERT_TRUE(world.keys.recover(named("k"), recovery));
  EXPECT_EQ(due_entries(world), 1) << "of its rotation";
  EXPECT_EQ(tend(world, 50 * kDay).rotated, 1);
}

// Unconfirmed: a date must not give back what somebody has taken away.
TEST(DueKeys, ADisabledKeyRotatesButStaysDisabled) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  Operation operation = an_operation();
  UpdateKey disabling{.name = named("k"), .version = {}, .operations = {}, .attributes = {}, .tags = {}};
  disabling.attributes.enabled = false;
  ASSERT_TRUE(world.keys.update(disabling, operation));
  EXPECT_EQ(tend(world, 30 * kDay).rotated, 1);
  EXPECT_FALSE((*world.keys.get(named("k"), {}))->attributes.enabled);
}

TEST(DueKeys, AnAutomaticRotationLeavesARecordWithoutACaller) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  ASSERT_EQ(tend(world, 30 * kDay).rotated, 1);
  const core::AuditEvent& record = world.sink.last();
  EXPECT_EQ(record.operation_name, "KeyRotateIfDue");
  EXPECT_EQ(record.http_status, 200);
  EXPECT_EQ(record.caller, nullptr);
  EXPECT_EQ(record.time, from_unix_seconds(30 * kDay));
  EXPECT_EQ(record.key_id, "https://hsm.test/keys/k/" + (*world.keys.get(named("k"), {}))->version.text());
}

TEST(DueKeys, AFullKeyIsRecordedAsFailedAndNotTriedAgain) {
  World world;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(world.create("k", i));
  ASSERT_TRUE(set_policy(world, "k", after_create("P30D")));
  EXPECT_EQ(tend(world, 31 * kDay).failed, 1);
  EXPECT_EQ(world.sink.last().operation_name, "KeyRotateIfDue");
  EXPECT_EQ(world.sink.last().http_status, 400);
  EXPECT_FALSE(world.sink.last().result_description.empty());
  EXPECT_EQ(tend(world, 32 * kDay).failed, 0);
  EXPECT_EQ(world.sink.count_named("KeyRotateIfDue"), 1);
  EXPECT_TRUE(world.keys.head(named("k"))->rotation) << "the policy itself stays";
}

TEST(DueKeys, WhatFailsIsTriedAgainAndHoldsUpNothingElse) {
  World world;
  ASSERT_TRUE(world.create("a", 0));
  ASSERT_TRUE(world.create("b", 0));
  ASSERT_TRUE(set_policy(world, "a", after_create("P30D")));
  ASSERT_TRUE(remove(world, "b", 0));
  world.partitions.unavailable = true;
  const DueKeys::Done first = tend(world, 100 * kDay);
  EXPECT_EQ(first.failed, 1);
  EXPECT_EQ(first.purged, 1);
  world.partitions.unavailable = false;
  EXPECT_EQ(tend(world, 100 * kDay).rotated, 1);
}

TEST(DueKeys, AreDoneHoweverManyThereAre) {
  World world;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "k-" + std::to_string(i);
    ASSERT_TRUE(world.create(name, i));
    ASSERT_TRUE(i % 2 == 0 ? set_policy(world, name, after_create("P30D")).has_value()
                           : remove(world, name, i).has_value());
  }
  const DueKeys::Done done = tend(world, 200 * kDay);
  EXPECT_EQ(done.rotated, 150);
  EXPECT_EQ(done.purged, 150);
  EXPECT_EQ(due_entries(world), 150) << "the next rotations";
}

TEST(DueKeys, StopsBetweenTwoKeysWhenAsked) {
  World world;
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(remove(world, "k", 0));
  std::stop_source stop;
  stop.request_stop();
  const ManualClock clock(100 * kDay);
  DueKeys due(world.store, world.keys, clock, world.random, "");
  EXPECT_EQ(due.run(stop.get_token()).purged, 0);
}

TEST(DueKeys, OneRotationHoweverManyNodesTry) {
  World first;
  World second(first.store, {});
  constexpr int kKeys = 20;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(first.create("k-" + std::to_string(i), 0));
    ASSERT_TRUE(set_policy(first, "k-" + std::to_string(i), after_create("P30D")));
  }
  std::atomic<std::size_t> rotated = 0;
  std::atomic<std::size_t> failed = 0;
  {
    std::vector<std::jthread> nodes;
    for (int i = 0; i < 6; ++i) {
      nodes.emplace_back([&rotated, &failed, node = i % 2 == 0 ? &first : &second] {
        const DueKeys::Done done = tend(*node, 30 * kDay);
        rotated += done.rotated;
        failed += done.failed;
      });
    }
  }
  EXPECT_EQ(rotated, kKeys);
  EXPECT_EQ(failed, 0);
  for (int i = 0; i < kKeys; ++i) EXPECT_EQ(versions(first, "k-" + std::to_string(i)), 2);
  EXPECT_EQ(first.sink.count_named("KeyRotateIfDue") + second.sink.count_named("KeyRotateIfDue"), kKeys);
}

// The one that comes second must not use what it has generated.
TEST(DueKeys, ANodeThatIsOvertakenWhileItGeneratesGivesUp) {
  World first;
  World second(first.store, {});
  ASSERT_TRUE(first.create("k", 0));
  ASSERT_TRUE(set_policy(first, "k", after_create("P30D")));
  second.partitions.while_generating = [&first] { ASSERT_EQ(tend(first, 30 * kDay).rotated, 1); };
  const DueKeys::Done done = tend(second, 30 * kDay);
  EXPECT_EQ(done.rotated + done.failed, 0);
  EXPECT_EQ(versions(first, "k"), 2);
}

TEST(DueKeys, ADeletedKeyIsPurgedAtItsPurgeDateAndNotBefore) {
  World world({.retention_days = 7});
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(world.create("k", 1));
  ASSERT_TRUE(remove(world, "k", 5'000));
  EXPECT_EQ(tend(world, 5'000 + 7 * kDay - 1).purged, 0);
  EXPECT_TRUE(world.keys.get_deleted(named("k")));
  EXPECT_EQ(tend(world, 5'000 + 7 * kDay).purged, 1);
  EXPECT_EQ(error_of(world.keys.get_deleted(named("k"))), Errc::kKeyNotFound);
  EXPECT_TRUE(world.store.list("versions/", "", 10)->empty());
  EXPECT_EQ(due_entries(world), 0);
  EXPECT_EQ(world.sink.last().operation_name, "KeyPurge");
  EXPECT_EQ(world.sink.last().http_status, 204);
  EXPECT_EQ(world.sink.last().caller, nullptr);
  EXPECT_EQ(world.sink.last().key_id, "https://hsm.test/keys/k");
  EXPECT_TRUE(world.create("k")) << "its name is free";
}

TEST(DueKeys, PurgeProtectionKeepsAKeyForItsRetentionAndNotLonger) {
  World world({.retention_days = 90, .purge_protection = true});
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(remove(world, "k", 0));
  EXPECT_EQ(tend(world, 90 * kDay - 1).purged, 0);
  EXPECT_EQ(tend(world, 90 * kDay).purged, 1);
}

TEST(DueKeys, ARecoveredKeyIsNotPurged) {
  World world({.retention_days = 7});
  ASSERT_TRUE(world.create("k", 0));
  ASSERT_TRUE(remove(world, "k", 0));
  Operation recovery = an_operation(kDay);
  ASSERT_TRUE(world.keys.recover(named("k"), recovery));
  EXPECT_EQ(due_entries(world), 0);
  EXPECT_EQ(tend(world, 1'000 * kDay).purged, 0);
  ASSERT_TRUE(remove(world, "k", 2 * kDay));
  EXPECT_EQ(tend(world, 9 * kDay - 1).purged, 0) << "the time runs from the second deletion";
}

// What a node does whose list of due keys is older than a recovery.
TEST(DueKeys, AKeyThatIsRecoveredMeanwhileIsLeftAlone) {
  World world({.retention_days = 7});
  ASSERT_TRUE(world.create("k", 0));
  Operation operation = an_operation(100 * kDay);
  EXPECT_FALSE(*world.keys.purge_if_due(named("k"), operation));
  EXPECT_FALSE(*world.keys.rotate_if_due(named("k"), operation));
  EXPECT_TRUE(world.keys.get(named("k"), {}));
}

TEST(DueKeys, AChangedRetentionLeavesTheDateThatADeletionPromised) {
  World before({.retention_days = 90});
  ASSERT_TRUE(before.create("k", 0));
  ASSERT_TRUE(remove(before, "k", 0));
  World after(before.store, {.retention_days = 7});
  EXPECT_EQ(tend(after, 89 * kDay).purged, 0);
  EXPECT_EQ(tend(after, 90 * kDay).purged, 1);
}

}  // namespace
}  // namespace hsm::service
