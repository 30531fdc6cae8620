#include "identity/audience.h"

#include <gtest/gtest.h>

#include <array>

namespace hsm::identity {
namespace {

const AudienceSet& accepted() {
  static const AudienceSet set(std::array<std::string, 3>{
      "https://managedhsm.example.com:8443", std::string(kManagedHsmAudience), std::string(kManagedHsmApplicationId)});
  return set;
}

TEST(Audience, SpellingsOfOneResourceAreEqual) {
  for (const char* const spelling :
       {"https://managedhsm.example.com", "https://managedhsm.example.com/", "https://managedhsm.example.com:8443",
        "https://managedhsm.example.com:8443/", "https://managedhsm.example.com:443", "HTTPS://ManagedHSM.Example.com",
        "https://managedhsm.azure.net", "https://managedhsm.azure.net/", "589D5083-6F11-4D30-A62A-A4B316A14ABF"}) {
    EXPECT_TRUE(accepted().contains(spelling)) << spelling;
  }
}

TEST(Audience, OtherResourcesAreRefused) {
  for (const char* const other :
       {"", "/", "https://", "https://vault.azure.net", "http://managedhsm.example.com", "managedhsm.example.com",
        "https://managedhsm.example.com.evil.com", "https://x.managedhsm.example.com",
        "https://managedhsm.example.com//", "https://managedhsm.example.com/a", "https://managedhsm.example.com:8443x",
        "https://managedhsm.example.com@evil.com", "589d5083-6f11-4d30-a62a-a4b316a14abe"}) {
    EXPECT_FALSE(accepted().contains(other)) << other;
  }
}

TEST(Audience, ThePathTakesPartWithItsCase) {
  const AudienceSet set(std::array<std::string, 1>{"api://Token/Exchange"});
  EXPECT_TRUE(set.contains("API://token/Exchange"));
  EXPECT_FALSE(set.contains("api://token/exchange"));
}

}  // namespace
}  // namespace hsm::identity
