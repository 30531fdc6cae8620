#include "core/role.h"
#include "tests/spec/source.h"

namespace hsm::spec {
namespace {

using BuiltInRoles = Spec;
INSTANTIATE_TEST_SUITE_P(Of, BuiltInRoles, both_sources(), source_name);

// Exact strings in the exact order: az compares role names byte by byte.
TEST_P(BuiltInRoles, AreThePublishedOnesInTheServicesOrder) {
  std::vector<PublishedRole> ours;
  for (const core::RoleDefinition& role : core::built_in_roles()) {
    EXPECT_TRUE(role.built_in) << role.role_name;
    EXPECT_EQ(role.description, "") << role.role_name;
    ASSERT_EQ(role.permissions.size(), 1U) << role.role_name;
    EXPECT_TRUE(role.permissions[0].not_data_actions.empty()) << role.role_name;
    PublishedRole same{role.role_name, role.name, {}};
    for (const core::DataAction action : role.permissions[0].data_actions) {
      same.actions.emplace_back(core::name(action).substr(std::string_view("Microsoft.KeyVault/managedHsm").size()));
    }
    ours.push_back(std::move(same));
  }
  ASSERT_EQ(ours.size(), published().roles.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].role_name, published().roles[i].role_name);
    EXPECT_EQ(ours[i].name, published().roles[i].name);
    EXPECT_EQ(ours[i].actions, published().roles[i].actions) << ours[i].role_name;
  }
}

// The trap: an administrator can grant, but can't use a key.
TEST(BuiltInRoles, AnAdministratorHoldsNoKeyAction) {
  for (const core::RoleDefinition& role : core::built_in_roles()) {
    if (role.name != core::kAdministratorRole) continue;
    for (const core::DataActionRow& row : core::kDataActions) {
      if (row.name.find("/keys/") == std::string_view::npos) continue;
      EXPECT_FALSE(role.granted().has(row.action)) << row.name;
    }
  }
}

}  // namespace
}  // namespace hsm::spec
