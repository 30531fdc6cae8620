#include "core/key_name.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hsm::core {
namespace {

TEST(KeyName, IsOneTo127LettersDigitsAndDashes) {
  for (const char* good : {"a", "A-1", "-", "0"}) EXPECT_TRUE(KeyName::parse(good)) << good;
  EXPECT_TRUE(KeyName::parse(std::string(127, 'k')));
  EXPECT_FALSE(KeyName::parse(std::string(128, 'k')));
  for (const char* bad : {"", "a b", "a_b", "a.b", "a/b", "ä", "a\n"}) EXPECT_FALSE(KeyName::parse(bad)) << bad;
}

TEST(KeyVersion, IsThirtyTwoLowerCaseHexDigits) {
  EXPECT_TRUE(KeyVersion::parse("0101090353a00a20b164c064f8be0c26"));
  EXPECT_FALSE(KeyVersion::parse("0101090353A00a20b164c064f8be0c26"));
  EXPECT_FALSE(KeyVersion::parse("0101090353a00a20b164c064f8be0c2"));
}

TEST(KeyVersion, NewOnesSortByTimeAndAreNoVersionFourUuid) {
  SystemRandom random;
  const KeyVersion first = new_key_version(TimePoint(std::chrono::milliseconds(1'700'000'000'000)), random);
  const KeyVersion second = new_key_version(TimePoint(std::chrono::milliseconds(1'700'000'000'001)), random);
  EXPECT_LT(first, second);
  EXPECT_EQ(first.text()[12], '0');
}

}  // namespace
}  // namespace hsm::core
