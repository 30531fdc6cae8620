#include "crypto/aead.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <thread>

#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using test::hex;
using test::secret_hex;

const char* const kKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

// The GCM specification's test case 16 (McGrew and Viega, AES-256 with associated data).
TEST(Aead, GivesThePublishedValue) {
  const AeadKey key(secret_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const Bytes nonce = hex("cafebabefacedbaddecaf888");
  const Bytes aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes plaintext =
      hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const Bytes sealed = key.seal(nonce, aad, plaintext);
  EXPECT_EQ(to_hex(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  auto opened = key.open(nonce, aad, sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(copy_of(opened->reveal()), plaintext);
}

TEST(Aead, OpensNothingThatWasChanged) {
  const SecretBytes key = secret_hex(kKey);
  const Bytes nonce(kAeadNonceBytes, 7);
  const Bytes sealed = aead_seal(key, nonce, bytes_of("aad"), bytes_of("plaintext"));
  ASSERT_TRUE(aead_open(key, nonce, bytes_of("aad"), sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    auto opened = aead_open(key, nonce, bytes_of("aad"), changed);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::kBadCiphertext);
    EXPECT_EQ(opened.error().detail, "");
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(aead_open(key, nonce, bytes_of("aad"), ByteView(sealed).first(size)));
  }
  EXPECT_FALSE(aead_open(key, nonce, bytes_of("aaD"), sealed));
  EXPECT_FALSE(aead_open(key, nonce, {}, sealed));
  EXPECT_FALSE(aead_open(key, Bytes(12, 8), bytes_of("aad"), sealed));
  EXPECT_FALSE(aead_open(key, Bytes(13, 7), bytes_of("aad"), sealed));
  EXPECT_FALSE(aead_open(key, {}, bytes_of("aad"), sealed));
  EXPECT_FALSE(aead_open(SecretBytes(32), nonce, bytes_of("aad"), sealed));
  EXPECT_EQ(ERR_peek_error(), 0U) << "a failure must leave the queue empty";
}

TEST(Aead, LeavesNoPlaintextBehindWhenTheTagIsWrong) {
  const AeadKey key(secret_hex(kKey));
  const Bytes nonce(kAeadNonceBytes, 7);
  const Bytes sealed = key.seal(nonce, {}, bytes_of("plaintext"));
  Bytes out(9, 0xff);
  EXPECT_FALSE(key.open_into(nonce, {}, ByteView(sealed).first(9), Bytes(kAeadTagBytes, 0), out));
  EXPECT_EQ(out, Bytes(9, 0));
}

TEST(Aead, SealsNothingAndOpensIt) {
  const AeadKey key(secret_hex(kKey));
  const Bytes nonce(kAeadNonceBytes, 1);
  const Bytes sealed = key.seal(nonce, {}, {});
  EXPECT_EQ(sealed.size(), kAeadTagBytes);
  auto opened = key.open(nonce, {}, sealed);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->empty());
  EXPECT_FALSE(key.open(nonce, bytes_of("x"), sealed));
}

TEST(Aead, OneKeyServesManyThreads) {
  const AeadKey key(secret_hex(kKey));
  const Bytes nonce(kAeadNonceBytes, 3);
  const Bytes plaintext(1000, 0x5a);
  const Bytes expected = key.seal(nonce, {}, plaintext);
  std::array<int, 4> right{};
  {
    std::vector<std::jthread> threads;
    for (auto& count : right) {
      threads.emplace_back([&key, &nonce, &plaintext, &expected, &count] {
        for (int i = 0; i < 500; ++i) {
          const auto opened = key.open(nonce, {}, expected);
          count += key.seal(nonce, {}, plaintext) == expected && opened && copy_of(opened->reveal()) == plaintext;
        }
      });
    }
  }
  for (const int count : right) EXPECT_EQ(count, 500);
}

// Nonces of other sizes than 12 bytes are right by the standard and refused here, whatever the file says.
TEST(Aead, Wycheproof) {
  test::for_each_case("aes_gcm_test.json", [](const test::WycheproofCase& c) {
    const AeadKey key(c.secret("key"));
    const Bytes nonce = c.bytes("iv");
    const Bytes tag = c.bytes("tag");
    Bytes sealed = c.bytes("ct");
    sealed.insert(sealed.end(), tag.begin(), tag.end());
    auto opened = key.open(nonce, c.bytes("aad"), sealed);
    ASSERT_EQ(opened.has_value(), c.valid() && nonce.size() == kAeadNonceBytes);
    if (!opened) return;
    EXPECT_EQ(copy_of(opened->reveal()), c.bytes("msg"));
    EXPECT_EQ(key.seal(nonce, c.bytes("aad"), c.bytes("msg")), sealed);
  });
}

}  // namespace
}  // namespace hsm::crypto
