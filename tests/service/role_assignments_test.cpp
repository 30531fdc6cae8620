#include "service/role_assignments.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/service/fakes.h"

namespace hsm::service {
namespace {

constexpr std::string_view kCryptoUser = "21dbd100-6940-42c2-9190-5d6cb909625b";
const std::string kAda = "aaaaaaaa-0000-4000-8000-000000000001";
const std::string kBen = "bbbbbbbb-0000-4000-8000-000000000002";

struct RolesWorld {
  RolesWorld() { EXPECT_TRUE(roles.load()); }

  Result<core::RoleAssignment> assign(const std::string& name, const std::string& principal,
                                      core::Scope scope = core::Scope::keys(), std::string_view role = kCryptoUser) {
    Operation operation = an_operation();
    return roles.create({.name = name, .role = std::string(role), .principal_id = principal, .scope = std::move(scope)},
                        operation);
  }
  bool may_sign(const std::string& principal) const {
    core::Caller caller;
    caller.object_id = principal;
    return roles.decide(caller, core::DataAction::kKeysSign, core::Scope::key(named("k"))).allowed;
  }
  Status revoke(const std::string& name) {
    Operation operation = an_operation();
    const auto removed = roles.remove(name, operation);
    return removed ? Status{} : std::unexpected(removed.error());
  }

  storage::MemoryStore store;
  RecordingSink sink;
  SeededRandom random;
  Journal journal{store, sink};
  RoleAssignments roles{store, journal};
};

TEST(RoleAssignments, NobodyMayAnythingAtFirst) {
  RolesWorld world;
  EXPECT_FALSE(world.may_sign(kAda));
}

TEST(RoleAssignments, AGrantHoldsWhenItsCreationIsAnswered) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  EXPECT_TRUE(world.may_sign(kAda));
  EXPECT_FALSE(world.may_sign(kBen));
}

TEST(RoleAssignments, ARevokedRoleIsRevokedWhenTheRevokingCallIsAnswered) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  ASSERT_TRUE(world.revoke("one"));
  EXPECT_FALSE(world.may_sign(kAda));
}

TEST(RoleAssignments, EveryChangeLeavesARecord) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  EXPECT_EQ(world.sink.last().http_status, 201);
  ASSERT_TRUE(world.revoke("one"));
  EXPECT_EQ(world.sink.last().http_status, 200);
  EXPECT_EQ(world.sink.ids().size(), 2);
}

TEST(RoleAssignments, TheSameGrantUnderAnotherNameIsRefused) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  EXPECT_EQ(error_of(world.assign("two", kAda)), Errc::kMatchingRoleAssignmentExists);
  EXPECT_EQ(world.roles.list(core::Scope::root()).size(), 1);
}

TEST(RoleAssignments, TheSameContentUnderTheSameNameIsNoError) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  EXPECT_TRUE(world.assign("one", kAda));
}

TEST(RoleAssignments, OtherContentUnderTheSameNameIsAConflict) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  EXPECT_EQ(error_of(world.assign("one", kBen)), Errc::kConflict);
  EXPECT_FALSE(world.may_sign(kBen));
}

TEST(RoleAssignments, OfTwoEqualGrantsAtOnceOneIsMade) {
  for (int round = 0; round < 20; ++round) {
    RolesWorld world;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&world, i] { (void)world.assign("name-" + std::to_string(i), kAda); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(world.roles.list(core::Scope::root()).size(), 1);
  }
}

TEST(RoleAssignments, AnUnknownRoleIsRefused) {
  RolesWorld world;
  EXPECT_EQ(error_of(world.assign("one", kAda, core::Scope::root(), "00000000-0000-4000-8000-000000000000")),
            Errc::kRoleDefinitionNotFound);
}

TEST(RoleAssignments, WhatIsUnknownIsNotFound) {
  RolesWorld world;
  EXPECT_EQ(error_of(world.roles.get("one")), Errc::kRoleAssignmentNotFound);
  EXPECT_EQ(error_of(world.revoke("one")), Errc::kRoleAssignmentNotFound);
}

TEST(RoleAssignments, NamesCompareWithoutCase) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("abcd", kAda));
  EXPECT_TRUE(world.roles.get("ABCD"));
}

// reference/admin-api.md §2.5
TEST(RoleAssignments, RootAndKeysListTheSameAndNotSingleKeys) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("at-root", kAda, core::Scope::root()));
  ASSERT_TRUE(world.assign("at-keys", kAda, core::Scope::keys()));
  ASSERT_TRUE(world.assign("at-key", kAda, core::Scope::key(named("k"))));
  EXPECT_EQ(world.roles.list(core::Scope::root()).size(), 2);
  EXPECT_EQ(world.roles.list(core::Scope::keys()).size(), 2);
  EXPECT_EQ(world.roles.list(core::Scope::key(named("K"))).size(), 3);
  EXPECT_EQ(world.roles.list(core::Scope::key(named("other"))).size(), 2);
}

TEST(RoleAssignments, EachSeededAdministratorLeavesARecordInTheNameOfTheConfiguration) {
  RolesWorld world;
  ASSERT_TRUE(world.roles.seed({kAda, kBen}, from_unix_seconds(1'000), world.random));
  ASSERT_TRUE(world.roles.seed({kAda, kBen}, from_unix_seconds(2'000), world.random));
  ASSERT_EQ(world.sink.ids().size(), 2) << "one each, and none for those that have the role";
  const core::AuditEvent& event = world.sink.last();
  EXPECT_EQ(event.operation_name, "RoleAssignmentCreate");
  EXPECT_EQ(event.http_status, 201);
  EXPECT_EQ(event.time, from_unix_seconds(1'000));
  EXPECT_EQ(event.caller->display_name, "initial_admins");
  EXPECT_TRUE(event.caller->object_id.empty());
  const auto name = event.request_uri.substr(event.request_uri.rfind('/') + 1);
  EXPECT_EQ(world.roles.get(name)->principal_id, kBen);
}

TEST(RoleAssignments, NoAdministratorIsSeededWithoutARecord) {
  RolesWorld world;
  world.sink.refusing = true;
  EXPECT_EQ(error_of(world.roles.seed({kAda, kBen}, {}, world.random)), Errc::kUnavailable);
  EXPECT_EQ(world.roles.list(core::Scope::root()).size(), 1) << "went on although the log refuses";
  world.sink.refusing = false;
  ASSERT_TRUE(world.roles.seed({kAda, kBen}, {}, world.random));
  EXPECT_EQ(world.sink.ids().size(), 2);
}

TEST(RoleAssignments, ANewInstanceSeedsItsAdministratorsOnce) {
  RolesWorld world;
  ASSERT_TRUE(world.roles.seed({"AAAAAAAA-0000-4000-8000-000000000001", kBen}, {}, world.random));
  ASSERT_TRUE(world.roles.seed({kAda, kBen}, {}, world.random));
  const auto assignments = world.roles.list(core::Scope::root());
  ASSERT_EQ(assignments.size(), 2);
  EXPECT_EQ(assignments[0].role, core::kAdministratorRole);
  EXPECT_FALSE(world.may_sign(kAda)) << "an administrator holds no key permission";
}

TEST(RoleAssignments, AreThereAfterARestart) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  RoleAssignments restarted(world.store, world.journal);
  ASSERT_TRUE(restarted.load());
  EXPECT_TRUE(restarted.get("one"));
}

TEST(RoleAssignments, ADamagedOneGrantsNothing) {
  RolesWorld world;
  ASSERT_TRUE(world.assign("one", kAda));
  ASSERT_TRUE(world.store.commit({.expectations = {}, .puts = {{"assignments/one", {0xFF}}}, .deletes = {}}));
  EXPECT_FALSE(world.may_sign(kAda));
}

TEST(RoleAssignments, NoGrantIsMadeThatTheLogDoesNotTake) {
  RolesWorld world;
  world.sink.refusing = true;
  EXPECT_FALSE(world.assign("one", kAda));
  EXPECT_EQ(error_of(world.assign("two", kBen)), Errc::kUnavailable);
  EXPECT_FALSE(world.may_sign(kBen));
}

}  // namespace
}  // namespace hsm::service
