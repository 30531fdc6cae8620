#include <gtest/gtest.h>

#include "core/decision.h"

namespace hsm::core {
namespace {

constexpr const char* kCryptoUser = "21dbd100-6940-42c2-9190-5d6cb909625b";
constexpr const char* kReleaseUser = "21dbd100-6940-42c2-9190-5d6cb909625c";

Caller caller(std::string object_id, std::vector<std::string> groups = {}) {
  return {.object_id = std::move(object_id), .groups = std::move(groups)};
}
RoleAssignment assignment(std::string role, std::string principal, Scope scope) {
  return {.name = "a", .role = std::move(role), .principal_id = std::move(principal), .scope = std::move(scope)};
}

TEST(Grants, WithoutAnAssignmentNothingIsAllowed) {
  const Decision decision = Grants().decide(caller("alice"), DataAction::kKeysRead, Scope::keys());
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.refusal(), "Not authorized to access Microsoft.KeyVault/managedHsm/keys/read/action on /keys");
}

TEST(Grants, AnAssignmentAllowsItsRolesActionsAtItsScope) {
  const Grants grants({}, {assignment(kCryptoUser, "alice", Scope::keys())});
  EXPECT_TRUE(grants.decide(caller("alice"), DataAction::kKeysSign, Scope::keys()).allowed);
  EXPECT_EQ(grants.decide(caller("alice"), DataAction::kKeysSign, Scope::keys()).assignment, "a");
  EXPECT_FALSE(grants.decide(caller("alice"), DataAction::kDeletedKeysDelete, Scope::keys()).allowed);
  EXPECT_FALSE(grants.decide(caller("alice"), DataAction::kRng, Scope::root()).allowed);
  EXPECT_FALSE(grants.decide(caller("bob"), DataAction::kKeysSign, Scope::keys()).allowed);
}

TEST(Grants, AGroupsAssignmentCountsForItsMembers) {
  const Grants grants({}, {assignment(kCryptoUser, "signers", Scope::root())});
  EXPECT_TRUE(grants.decide(caller("alice", {"others", "signers"}), DataAction::kKeysSign, Scope::keys()).allowed);
  EXPECT_FALSE(grants.decide(caller("alice", {"others"}), DataAction::kKeysSign, Scope::keys()).allowed);
}

TEST(Grants, TwoRolesThatDifferInOneCharacterAreTwo) {
  const Grants grants({}, {assignment(kReleaseUser, "alice", Scope::root())});
  EXPECT_TRUE(grants.decide(caller("alice"), DataAction::kKeysRelease, Scope::keys()).allowed);
  EXPECT_FALSE(grants.decide(caller("alice"), DataAction::kKeysSign, Scope::keys()).allowed);
}

TEST(Grants, AnUnknownRoleGrantsNothing) {
  const Grants grants({}, {assignment("00000000-0000-0000-0000-000000000000", "alice", Scope::root())});
  EXPECT_FALSE(grants.decide(caller("alice"), DataAction::kKeysRead, Scope::keys()).allowed);
}

TEST(Grants, NotDataActionsExcludeInOneRoleOnly) {
  const RoleDefinition narrow{
      .name = "n",
      .role_name = "narrow",
      .permissions = {{{DataAction::kKeysRead, DataAction::kKeysSign}, {DataAction::kKeysSign}}}};
  const Grants one({narrow}, {assignment("n", "alice", Scope::root())});
  EXPECT_TRUE(one.decide(caller("alice"), DataAction::kKeysRead, Scope::keys()).allowed);
  EXPECT_FALSE(one.decide(caller("alice"), DataAction::kKeysSign, Scope::keys()).allowed);
  const Grants two({narrow},
                   {assignment("n", "alice", Scope::root()), assignment(kCryptoUser, "alice", Scope::root())});
  EXPECT_TRUE(two.decide(caller("alice"), DataAction::kKeysSign, Scope::keys()).allowed);
}

TEST(Grants, TheAdministratorHoldsNoKeyPermission) {
  const Grants grants({}, {assignment(std::string(kAdministratorRole), "alice", Scope::root())});
  for (const DataActionRow& row : kDataActions) {
    if (row.name.find("/keys/") == std::string_view::npos) continue;
    EXPECT_FALSE(grants.decide(caller("alice"), row.action, Scope::keys()).allowed) << row.name;
  }
}

}  // namespace
}  // namespace hsm::core
