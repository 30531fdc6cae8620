#include "base/base64url.h"

#include <gtest/gtest.h>

namespace hsm {
namespace {

TEST(Base64Url, MatchesTheVectorsOfRfc4648WithoutPadding) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64url(bytes_of(plain)), encoded);
    EXPECT_EQ(text_of(*from_base64url(encoded)), plain);
  }
}

TEST(Base64Url, AcceptsPaddingAndTheStandardAlphabet) {
  EXPECT_EQ(*from_base64url("-_-_"), *from_base64url("+/+/"));
  EXPECT_EQ(text_of(*from_base64url("Zg==")), "f");
  EXPECT_EQ(text_of(*from_base64url("Zm8=")), "fo");
}

TEST(Base64Url, RefusesWhatIsNotBase64Url) {
  for (const char* bad : {"A", "Zg=", "Zg===", "Z g", "Zm9v=", "Zh", "Zm9=", "\xff\xff", "Zm9v\n"}) {
    EXPECT_FALSE(from_base64url(bad)) << bad;
  }
}

TEST(Base64, HasPadding) {
  EXPECT_EQ(to_base64(bytes_of("f")), "Zg==");
  EXPECT_EQ(to_base64(bytes_of("fo")), "Zm8=");
  EXPECT_EQ(to_base64(bytes_of("foo")), "Zm9v");
}

}  // namespace
}  // namespace hsm
