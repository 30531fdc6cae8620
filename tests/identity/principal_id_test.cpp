#include "identity/principal_id.h"

#include <gtest/gtest.h>

namespace hsm::identity {
namespace {

constexpr std::string_view kRealm = "https://idp.example.com/realms/a";

// Made with Python's uuid.uuid5: stored role assignments name these, so they must never change.
TEST(PrincipalId, IsStable) {
  EXPECT_EQ(derived_principal_id(kRealm, PrincipalKind::kSubject, "alice"), "07b6ef46-9e5e-556d-84e7-39a5489e9471");
  EXPECT_EQ(derived_principal_id(kRealm, PrincipalKind::kGroup, "alice"), "2e8acafe-e7fa-5b86-9feb-143dc2047e1e");
}

TEST(PrincipalId, DependsOnTheIssuer) {
  EXPECT_NE(derived_principal_id(kRealm, PrincipalKind::kSubject, "alice"),
            derived_principal_id("https://idp.example.com/realms/b", PrincipalKind::kSubject, "alice"));
}

}  // namespace
}  // namespace hsm::identity
