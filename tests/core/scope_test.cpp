#include "core/scope.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

Scope key(const char* name) {
  return Scope::key(*KeyName::parse(name));
}

TEST(Scope, TheFormsThatClientsSendAreRead) {
  for (const char* root : {"", "/", "//"}) EXPECT_EQ(*Scope::parse(root), Scope::root()) << root;
  for (const char* keys : {"/keys", "keys", "//keys", "/keys/", "/Keys"})
    EXPECT_EQ(*Scope::parse(keys), Scope::keys()) << keys;
  for (const char* one : {"/keys/a", "keys/a", "//keys//a/"}) EXPECT_EQ(*Scope::parse(one), key("a")) << one;
}

TEST(Scope, AnythingElseIsAnInvalidKeyIdentifier) {
  for (const char* bad : {"/key", "/keys/a/b", "/keys/keys/a", "/keys/a_b", "/secrets"}) {
    const auto scope = Scope::parse(bad);
    ASSERT_FALSE(scope) << bad;
    EXPECT_EQ(scope.error().code, Errc::kInvalidKeyIdentifier);
  }
}

TEST(Scope, RootCoversEverything) {
  EXPECT_TRUE(Scope::root().covers(Scope::root()));
  EXPECT_TRUE(Scope::root().covers(Scope::keys()));
  EXPECT_TRUE(Scope::root().covers(key("a")));
}

TEST(Scope, KeysCoversKeysButNotTheRoot) {
  EXPECT_FALSE(Scope::keys().covers(Scope::root()));
  EXPECT_TRUE(Scope::keys().covers(Scope::keys()));
  EXPECT_TRUE(Scope::keys().covers(key("a")));
}

TEST(Scope, OneKeyCoversOnlyItself) {
  EXPECT_TRUE(key("a").covers(key("a")));
  EXPECT_TRUE(key("a").covers(key("A")));  // names are compared without case
  EXPECT_FALSE(key("a").covers(key("ab")));
  EXPECT_FALSE(key("a").covers(Scope::keys()));
  EXPECT_FALSE(key("a").covers(Scope::root()));
}

}  // namespace
}  // namespace hsm::core
