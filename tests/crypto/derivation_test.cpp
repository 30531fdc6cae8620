#include <gtest/gtest.h>

#include "crypto/hkdf.h"
#include "crypto/kbkdf.h"
#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using test::hex;
using test::secret_hex;

// RFC 5869 §A.1 and §A.3.
TEST(Hkdf, GivesThePublishedValues) {
  const SecretBytes input = secret_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
  auto salted = hkdf_sha256_salted(input, hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), 42);
  ASSERT_TRUE(salted);
  EXPECT_EQ(to_hex(salted->reveal()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  auto plain = hkdf_sha256_salted(input, {}, {}, 42);
  ASSERT_TRUE(plain);
  EXPECT_EQ(to_hex(plain->reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Hkdf, LabelAndContextAreApart) {
  const SecretBytes key = secret_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const SecretBytes derived = hkdf_sha256(key, "record", bytes_of("keys/a"), 32);
  EXPECT_EQ(derived, hkdf_sha256(key, "record", bytes_of("keys/a"), 32));
  EXPECT_FALSE(derived == hkdf_sha256(key, "recordk", bytes_of("eys/a"), 32));
  EXPECT_FALSE(derived == hkdf_sha256(key, "backup", bytes_of("keys/a"), 32));
  EXPECT_FALSE(derived == hkdf_sha256(key, "record", bytes_of("keys/b"), 32));
}

TEST(Hkdf, RefusesWrongLengths) {
  const SecretBytes key = secret_hex("00");
  EXPECT_FALSE(hkdf_sha256_salted(key, {}, {}, 0));
  EXPECT_FALSE(hkdf_sha256_salted(key, {}, {}, kHkdfSha256BytesMax + 1));
  EXPECT_FALSE(hkdf_sha256_salted(SecretBytes(), {}, {}, 32));
  EXPECT_TRUE(hkdf_sha256_salted(key, {}, {}, kHkdfSha256BytesMax));
}

TEST(Hkdf, Wycheproof) {
  test::for_each_case("hkdf_sha256_test.json", [](const test::WycheproofCase& c) {
    auto derived = hkdf_sha256_salted(c.secret("ikm"), c.bytes("salt"), c.bytes("info"),
                                      static_cast<std::size_t>(c.number("size")));
    ASSERT_EQ(derived.has_value(), c.valid());
    if (derived) {
      EXPECT_EQ(copy_of(derived->reveal()), c.bytes("okm"));
    }
  });
}

// reference/security-domain.md §9.
TEST(Kbkdf, GivesTheKeysOfSecurityDomainPayloads) {
  const SecretBytes master = secret_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const std::map<std::string, std::string> expected = {
      {"hsm_backup",
       "2d34f55a1dd64e68d793ce19439e032e913bc2c83a99237a33c1bde888fb91da91626f37c72aaff2d718d3e7a37f0a39417a66839669da3"
       "c76fe4336aec9747c"},
      {"base_enclave_backup",
       "78be6b420dfb42efeb121abb53daebe68f7153b411a85a6eb209a14b608c78fa537366c5d7f0121a7bf9a1f387567393a638a4f67904162"
       "9e1a11fd03b8dc74e"},
      {"partition_enclave_backup",
       "79c6bafac278e74d8c05565c0859f5c4acd0a02904534042ce0a1f6db6cc0fe02b6c83cc3f428b50433412caf92dea7c5bd6fd885f1c776"
       "11f63ecffcf10a9e4"},
      {"a",
       "61c4607a3de019f858cfb6ac5896048b2e0b65837bb9c72939516d4937d8fb44d4e3cc606cee276aa5aed8e146bcf4596c7819e5ffaa3c9"
       "54e1383f7df29be37"},
  };
  for (const auto& [tag, key] : expected) EXPECT_EQ(to_hex(security_domain_key(master, tag).reveal()), key) << tag;
}

TEST(Kbkdf, TakesAContextAndAShorterLength) {
  const SecretBytes key = SecretBytes::copy(Bytes(32, 0x41));
  EXPECT_EQ(to_hex(kbkdf_hmac_sha512(key, "label", bytes_of("context"), 32).reveal()),
            "f0ca51f6308791404bf68b56024ee7c64d6c737716f81d47e1e68b5c4e399575");
}

}  // namespace
}  // namespace hsm::crypto
