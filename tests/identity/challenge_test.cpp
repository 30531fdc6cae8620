#include "identity/challenge.h"

#include <gtest/gtest.h>

namespace hsm::identity {
namespace {

// Recorded, reference/identity.md §2.1.
TEST(Challenge, IsSpelledAsTheLiveServiceDoes) {
  EXPECT_EQ(challenge("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555",
                      "https://managedhsm.azure.net")
                .value(),
            R"(Bearer authorization="https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555", )"
            R"(resource="https://managedhsm.azure.net")");
}

TEST(Challenge, CarriesPorts) {
  EXPECT_EQ(
      challenge("https://login.localhost:8443/adfs", "https://managedhsm.localhost:8443").value(),
      R"(Bearer authorization="https://login.localhost:8443/adfs", resource="https://managedhsm.localhost:8443")");
}

// Each of these breaks one of the SDKs' parsers (reference/identity.md §2.2).
TEST(Challenge, RefusesWhatSomeParserCannotRead) {
  for (const char* const authority :
       {"", "https://login.example.com", "https://login.example.com/", "https://login.example.com/t/",
        "https://login.example.com/t/v2.0", "https:///t", "http://login.example.com/t", "https://login.example.com/a=b",
        "https://login.example.com/a\"b", "https://login.example.com/a b", "https://login.example.com/a,b",
        "https://login.example.com/a\r\nb"}) {
    EXPECT_FALSE(challenge(authority, "https://managedhsm.example.com")) << authority;
  }
  for (const char* const resource : {"", "https://", "managedhsm.example.com", "https://managedhsm.example.com/",
                                     "https://a=b", "https://a\"b", "https://a\nb"}) {
    EXPECT_FALSE(challenge("https://login.example.com/t", resource)) << resource;
  }
}

TEST(Challenge, ResourceIsTheParentDomainWithTheSamePort) {
  EXPECT_EQ(parent_resource("kms.managedhsm.example.com").value(), "https://managedhsm.example.com");
  EXPECT_EQ(parent_resource("KMS.ManagedHSM.localhost:8443").value(), "https://managedhsm.localhost:8443");
  for (const char* const host : {"", "localhost", "localhost:8443", ".example.com", "kms.", "a.b\"c", "a.b/c d"}) {
    EXPECT_FALSE(parent_resource(host)) << host;
  }
}

}  // namespace
}  // namespace hsm::identity
