#include "crypto/key_wrap.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using test::hex;
using test::secret_hex;

struct Example {
  const char* kek;
  const char* key;
  const char* wrapped;
};

TEST(KeyWrap, GivesThePublishedValues) {
  for (const Example& e : {
           Example{"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",  // RFC 3394 §4.1
                   "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
           Example{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",  // RFC 3394 §4.6
                   "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
                   "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
       }) {
    auto wrapped = wrap_key(secret_hex(e.kek), hex(e.key));
    ASSERT_TRUE(wrapped);
    EXPECT_EQ(to_hex(*wrapped), e.wrapped);
    auto key = unwrap_key(secret_hex(e.kek), *wrapped);
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->reveal()), e.key);
  }
}

TEST(KeyWrap, APreparedKeyGivesTheSameEachTime) {
  const SecretBytes kek = SecretBytes::copy(Bytes(32, 0x5c));
  const KeyWrapper wrapper(kek);
  const KeyUnwrapper unwrapper(kek);
  for (const std::size_t size : {16, 24, 32, 64, 2048, 16}) {
    const Bytes key(size, static_cast<std::uint8_t>(size));
    const auto wrapped = wrapper.wrap(key);
    const auto padded = wrapper.wrap_padded(ByteView(key).first(size - 1));
    ASSERT_TRUE(wrapped && padded);
    EXPECT_TRUE(*wrapped == SecretBytes::copy(*wrap_key(kek, key)));
    EXPECT_FALSE(unwrapper.unwrap(padded->reveal()));  // what failed is no trace in what comes next
    EXPECT_TRUE(*unwrapper.unwrap(wrapped->reveal()) == SecretBytes::copy(key));
    EXPECT_TRUE(*unwrapper.unwrap_padded(padded->reveal()) == SecretBytes::copy(Bytes(size - 1, key[0])));
  }
}

TEST(KeyWrapPadded, GivesThePublishedValues) {
  const char* const kek = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8";
  for (const Example& e : {
           Example{kek, "c37b7e6492584340bed12207808941155068f738",  // RFC 5649 §6
                   "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"},
           Example{kek, "466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"},
       }) {
    auto wrapped = wrap_key_padded(secret_hex(e.kek), hex(e.key));
    ASSERT_TRUE(wrapped);
    EXPECT_EQ(to_hex(*wrapped), e.wrapped);
    auto key = unwrap_key_padded(secret_hex(e.kek), *wrapped);
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->reveal()), e.key);
  }
}

TEST(KeyWrapPadded, TakesAnyLengthFromOneByte) {
  const SecretBytes kek(32);
  for (std::size_t n = 1; n <= 40; ++n) {
    const Bytes key(n, 0xab);
    auto wrapped = wrap_key_padded(kek, key);
    ASSERT_TRUE(wrapped);
    EXPECT_EQ(wrapped->size(), (n + 7) / 8 * 8 + 8);
    auto unwrapped = unwrap_key_padded(kek, *wrapped);
    ASSERT_TRUE(unwrapped);
    EXPECT_EQ(copy_of(unwrapped->reveal()), key);
  }
}

TEST(KeyWrap, RefusesWrongLengths) {
  const SecretBytes kek(32);
  for (const std::size_t n : {0U, 1U, 8U, 15U, 17U, 20U}) {
    EXPECT_FALSE(wrap_key(kek, Bytes(n))) << n;
    auto key = unwrap_key(kek, Bytes(n));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::kBadParameter) << n;
  }
  EXPECT_FALSE(unwrap_key(kek, Bytes(16)));
  EXPECT_FALSE(wrap_key_padded(kek, {}));
  for (const std::size_t n : {0U, 1U, 8U, 15U, 17U}) EXPECT_FALSE(unwrap_key_padded(kek, Bytes(n))) << n;
  for (const std::size_t n : {0U, 8U, 15U, 31U, 33U, 64U}) {
    EXPECT_FALSE(wrap_key(SecretBytes(n), Bytes(16))) << n;
    EXPECT_FALSE(unwrap_key_padded(SecretBytes(n), Bytes(16))) << n;
  }
}

TEST(KeyWrap, OneAnswerForEveryDamage) {
  const SecretBytes kek(16);
  const Bytes plain = *wrap_key(kek, Bytes(24, 1));
  const Bytes padded = *wrap_key_padded(kek, Bytes(21, 1));
  for (std::size_t i = 0; i < plain.size(); ++i) {
    Bytes changed = plain;
    changed[i] ^= 0x80;
    EXPECT_EQ(unwrap_key(kek, changed).error().code, Errc::kBadCiphertext);
    changed = padded;
    changed[i] ^= 0x80;
    EXPECT_EQ(unwrap_key_padded(kek, changed).error().code, Errc::kBadCiphertext);
  }
  EXPECT_FALSE(unwrap_key_padded(kek, plain)) << "the two forms must not open each other";
  EXPECT_FALSE(unwrap_key(kek, padded));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

// An 8-byte key is legal for some (acceptable): RFC 3394 §2 asks for two blocks, and so do we.
TEST(KeyWrap, Wycheproof) {
  test::for_each_case("aes_wrap_test.json", [](const test::WycheproofCase& c) {
    auto key = unwrap_key(c.secret("key"), c.bytes("ct"));
    ASSERT_EQ(key.has_value(), c.valid());
    if (key) {
      EXPECT_EQ(copy_of(key->reveal()), c.bytes("msg"));
    }
    auto wrapped = wrap_key(c.secret("key"), c.bytes("msg"));
    if (c.valid()) {
      ASSERT_TRUE(wrapped);
      EXPECT_EQ(*wrapped, c.bytes("ct"));
    }
  });
}

TEST(KeyWrapPadded, Wycheproof) {
  test::for_each_case("aes_kwp_test.json", [](const test::WycheproofCase& c) {
    auto key = unwrap_key_padded(c.secret("key"), c.bytes("ct"));
    ASSERT_EQ(key.has_value(), c.valid());
    if (!key) return;
    EXPECT_EQ(copy_of(key->reveal()), c.bytes("msg"));
    auto wrapped = wrap_key_padded(c.secret("key"), c.bytes("msg"));
    ASSERT_TRUE(wrapped);
    EXPECT_EQ(*wrapped, c.bytes("ct"));
  });
}

}  // namespace
}  // namespace hsm::crypto
