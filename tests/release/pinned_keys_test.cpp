#include "release/pinned_keys.h"

#include <gtest/gtest.h>

#include "tests/identity/token_maker.h"

namespace hsm::release {
namespace {

using identity::testing::jwk;
using identity::testing::jwks;
using identity::testing::rsa_key;

TEST(PinnedKeys, AreThoseOfTheAuthorityThatIsAskedFor) {
  PinnedKeys keys;
  ASSERT_TRUE(keys.add("https://one.example", jwks({jwk(rsa_key(0), "first")})));
  ASSERT_TRUE(keys.add("https://two.example/", jwks({jwk(rsa_key(1), "second")})));
  EXPECT_EQ(keys.keys_of("https://one.example/", "first").value()->keys().front().kid, "first");
  EXPECT_EQ(keys.keys_of("https://TWO.example", "first").value()->keys().front().kid, "second");
}

TEST(PinnedKeys, NobodyElsesTokensCount) {
  PinnedKeys keys;
  ASSERT_TRUE(keys.add("https://one.example", jwks({jwk(rsa_key(), "first")})));
  EXPECT_EQ(keys.keys_of("https://other.example", "first").error().code, Errc::kForbidden);
  EXPECT_EQ(keys.keys_of("", "first").error().code, Errc::kForbidden);
}

TEST(PinnedKeys, AFileWithoutKeysIsRefused) {
  PinnedKeys keys;
  for (const char* text : {"", "[]", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AA"}]})"}) {
    EXPECT_EQ(keys.add("https://one.example", text).error().code, Errc::kBadParameter) << text;
  }
}

}  // namespace
}  // namespace hsm::release
