// Published values, few and small: what runs where the large vector files are absent.
#include "base/hex.h"
#include "tests/crypto/hex_literal.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;
using core::Algorithm;
using test::hex;

KeyPtr key_of(const char* k) {
  core::PrivateKey key;
  key.k = SecretBytes::copy(hex(k));
  return loaded(oct(key.k.size() * 8), *engine().import(oct(key.k.size() * 8), key));
}

std::string output_of(const Result<core::CryptoReply>& reply) {
  return reply ? to_hex(reply->output.reveal()) : reply.error().message;
}

// McGrew and Viega, The Galois/Counter Mode of Operation, test case 3.
TEST(KnownAnswers, AesGcm) {
  const KeyPtr key = key_of("feffe9928665731c6d6a8f9467308308");
  EXPECT_EQ(output_of(perform(*key, kDecrypt, Algorithm::kA128Gcm,
                              {.input = hex("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
                                            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"),
                               .iv = hex("cafebabefacedbaddecaf888"),
                               .tag = hex("4d5c2af327cd64a62cf35abd2ba6fab4")})),
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
}

// SP 800-38A §F.2.1.
TEST(KnownAnswers, AesCbc) {
  const KeyPtr key = key_of("2b7e151628aed2a6abf7158809cf4f3c");
  const Bytes iv = hex("000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(output_of(perform(*key, kEncrypt, Algorithm::kA128Cbc,
                              {.input = hex("6bc1bee22e409f96e93d7e117393172a"), .iv = iv})),
            "7649abac8119b246cee98e9b12e9197d");
}

// RFC 3394 §4.1, §4.6.
TEST(KnownAnswers, AesKeyWrap) {
  EXPECT_EQ(output_of(perform(*key_of("000102030405060708090a0b0c0d0e0f"), kWrapKey, Algorithm::kA128Kw,
                              {.input = hex("00112233445566778899aabbccddeeff")})),
            "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
  EXPECT_EQ(output_of(perform(*key_of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), kWrapKey,
                              Algorithm::kAesKeyWrap,
                              {.input = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")})),
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
}

// RFC 5649 §6.
TEST(KnownAnswers, AesKeyWrapPad) {
  const KeyPtr key = key_of("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
  EXPECT_EQ(output_of(perform(*key, kWrapKey, Algorithm::kAesKeyWrapPad,
                              {.input = hex("c37b7e6492584340bed12207808941155068f738")})),
            "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a");
  EXPECT_EQ(output_of(perform(*key, kUnwrapKey, Algorithm::kAesKeyWrapPad,
                              {.input = hex("afbeb0f07dfbf5419200f2ccb50bb24f")})),
            "466f7250617369");
}

// Ours, computed with another implementation: the published HMAC values have keys of other sizes.
TEST(KnownAnswers, Hmac) {
  const KeyPtr key = key_of("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const ByteView message = bytes_of("what do ya want for nothing?");
  EXPECT_EQ(output_of(perform(*key, kSign, Algorithm::kHs256, {.input = message})),
            "099805f4ac310786968565c098db515cc50862b420ae31e20238312344bed36a");
  EXPECT_EQ(output_of(perform(*key, kSign, Algorithm::kHs384, {.input = message})),
            "cbec3214bb6a3e27213c0e42140fc463e2c3c56276bb7a12d610373ee32424cd"
            "403e09eaa3ab082e7d5fd69ac5d9fb9c");
  EXPECT_EQ(output_of(perform(*key, kSign, Algorithm::kHs512, {.input = message})),
            "e11d76c380cdfd3c4598d7ed67bc7cb2c0467aa5e7e9cefaca45e9ca1fbf20d1"
            "bcd9e4294b96badec9a9aa8fd4b3cf43a225e0273c7b683bde3a61a421f796d1");
}

}  // namespace
}  // namespace hsm::partition
