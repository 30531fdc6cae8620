#include "release/issuer.h"

#include <gtest/gtest.h>

namespace hsm::release {
namespace {

TEST(Issuer, IsTheSameInAnyOfItsSpellings) {
  const struct {
    const char* a;
    const char* b;
    bool same;
  } cases[] = {
      {"https://a.example", "https://a.example", true},
      {"https://a.example", "https://a.example/", true},
      {"https://a.example//", "https://a.example", true},
      {"HTTPS://A.Example/", "https://a.example", true},
      {"https://a.example/Tenant", "https://A.EXAMPLE/Tenant/", true},
      {"https://a.example/Tenant", "https://a.example/tenant", false},
      {"https://a.example", "https://a.example.evil", false},
      {"https://a.example", "http://a.example", false},
      {"https://a.example:443", "https://a.example", false},
      {"https://a.example/x", "https://a.example", false},
      {"a.example", "A.example/", true},
      {"", "", false},
      {"/", "", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(same_issuer(test.a, test.b), test.same) << test.a << " " << test.b;
    EXPECT_EQ(same_issuer(test.b, test.a), test.same) << test.b << " " << test.a;
  }
}

}  // namespace
}  // namespace hsm::release
