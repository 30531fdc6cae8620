#include "base/base64url.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>

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

// Long values are worked on in blocks; OpenSSL knows the standard alphabet only.
TEST(Base64Url, AgreesWithOpenSslForEveryByteAtEveryPlaceAndLength) {
  Bytes bytes(300);
  for (std::size_t shift = 0; shift < 256; ++shift) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + shift);
    for (std::size_t size = shift % 5; size < bytes.size(); size += 5) {
      const ByteView part = ByteView(bytes).first(size);
      std::string expected(size / 3 * 4 + 5, '\0');
      const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(expected.data()), part.data(), int(size));
      expected.resize(std::size_t(written));
      EXPECT_EQ(to_base64(part), expected);
      EXPECT_EQ(*from_base64url(expected), copy_of(part));
      std::ranges::replace(expected, '+', '-');
      std::ranges::replace(expected, '/', '_');
      expected.resize(std::min(expected.size(), expected.find('=')));
      ASSERT_EQ(to_base64url(part), expected);
      ASSERT_EQ(*from_base64url(expected), copy_of(part));
    }
  }
}

TEST(Base64Url, RefusesAForeignCharacterAtAnyPlace) {
  constexpr std::string_view kGood = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/";
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    for (std::size_t at = 0; at < 40; ++at) {
      std::string text(40, 'A');
      text[at] = c;
      const bool padding = c == '=' && at == 39;
      EXPECT_EQ(from_base64url(text).has_value(), kGood.contains(c) || padding) << value << " at " << at;
    }
  }
}

TEST(Base64, HasPadding) {
  EXPECT_EQ(to_base64(bytes_of("f")), "Zg==");
  EXPECT_EQ(to_base64(bytes_of("fo")), "Zm8=");
  EXPECT_EQ(to_base64(bytes_of("foo")), "Zm9v");
}

}  // namespace
}  // namespace hsm
