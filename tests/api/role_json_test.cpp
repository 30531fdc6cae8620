#include "api/rbac/role_json.h"

#include <gtest/gtest.h>

namespace hsm::api::rbac {
namespace {

constexpr std::string_view kGuid = "21dbd100-6940-42c2-9190-5d6cb909625b";

// reference/admin-api.md §2.1, §2.4: the definition's id has no leading slash, the assignment's has one and no scope.
TEST(RoleJson, OfADefinition) {
  std::string out;
  append_definition(out, core::built_in_roles()[3]);
  EXPECT_EQ(out,
            R"({"id":"Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/)"
            R"(21dbd100-6940-42c2-9190-5d6cb909625c","name":"21dbd100-6940-42c2-9190-5d6cb909625c",)"
            R"("properties":{"assignableScopes":["/"],"description":"","permissions":[{"actions":[],)"
            R"("dataActions":["Microsoft.KeyVault/managedHsm/keys/release/action"],"notActions":[],)"
            R"("notDataActions":[]}],"roleName":"Managed HSM Crypto Service Release User","type":"AKVBuiltInRole"},)"
            R"("type":"Microsoft.Authorization/roleDefinitions"})");
}

TEST(RoleJson, OfAnAssignment) {
  std::string out;
  append_assignment(out, {.name = "n", .role = "r", .principal_id = "p", .scope = core::Scope::keys()});
  EXPECT_EQ(
      out, R"({"id":"/providers/Microsoft.Authorization/roleAssignments/n","name":"n","properties":{"principalId":"p",)"
           R"("roleDefinitionId":"Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/r",)"
           R"("scope":"/keys"},"type":"Microsoft.Authorization/roleAssignments"})");
}

TEST(RoleId, IsReadInEveryFormThatClientsSend) {
  const std::string id = "Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/" + std::string(kGuid);
  EXPECT_EQ(role_name_of(id), kGuid);
  EXPECT_EQ(role_name_of("/" + id), kGuid);
  EXPECT_EQ(role_name_of(kGuid), kGuid);
  EXPECT_EQ(role_name_of("21DBD100-6940-42C2-9190-5D6CB909625B"), kGuid);
  for (const std::string_view wrong : {"", "/", "Managed HSM Crypto User", "x/21dbd100-6940-42c2-9190-5d6cb909625b"}) {
    EXPECT_FALSE(role_name_of(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace hsm::api::rbac
