#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/base64url.h"
#include "crypto/aes_cbc_hmac.h"
#include "crypto/compact.h"
#include "crypto/compact_jwe.h"
#include "crypto/kbkdf.h"
#include "crypto/key_pair.h"
#include "crypto/rsa_oaep.h"
#include "tests/crypto/hex_literal.h"
#include "tests/crypto/scripted_random.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using test::hex;
using test::secret_hex;

EVP_PKEY* rsa_key() {
  static const PkeyPtr kKey = *generate_rsa(2048);
  return kKey.get();
}

// RFC 7518 §B.3.
TEST(CbcHmac, GivesThePublishedValue) {
  const SecretBytes key = secret_hex(
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f");
  const auto sealed = cbc_hmac_seal(key, hex("1af38c2dc2b96ffdd86694092341bc04"),
                                    bytes_of("The second principle of Auguste Kerckhoffs"),
                                    bytes_of("A cipher system must not be required to be secret, and it must be able "
                                             "to fall into the hands of the enemy without inconvenience"));
  EXPECT_EQ(to_hex(ByteView(sealed.ciphertext).first(16)), "4affaaadb78c31c5da4b1b590d10ffbd");
  EXPECT_EQ(to_hex(sealed.tag), "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5");
}

TEST(CbcHmac, NeverComparesAShorterTag) {
  const SecretBytes key(kCbcHmacKeyBytes);
  const Bytes iv(kCbcHmacIvBytes);
  const auto sealed = cbc_hmac_seal(key, iv, {}, bytes_of("x"));
  ASSERT_TRUE(cbc_hmac_open(key, iv, {}, sealed.ciphertext, sealed.tag));
  for (std::size_t n = 0; n < kCbcHmacTagBytes; ++n) {
    auto opened = cbc_hmac_open(key, iv, {}, sealed.ciphertext, ByteView(sealed.tag).first(n));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::kBadCiphertext);
  }
  EXPECT_FALSE(cbc_hmac_open(key, iv, {}, {}, sealed.tag));
  EXPECT_FALSE(cbc_hmac_open(key, ByteView(iv).first(12), {}, sealed.ciphertext, sealed.tag));
  EXPECT_FALSE(cbc_hmac_open(SecretBytes(32), iv, {}, sealed.ciphertext, sealed.tag));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(CbcHmac, Wycheproof) {
  test::for_each_case("a256cbc_hs512_test.json", [](const test::WycheproofCase& c) {
    auto opened = cbc_hmac_open(c.secret("key"), c.bytes("iv"), c.bytes("aad"), c.bytes("ct"), c.bytes("tag"));
    ASSERT_EQ(opened.has_value(), c.valid());
    if (!opened) return;
    EXPECT_EQ(copy_of(opened->reveal()), c.bytes("msg"));
    const auto sealed = cbc_hmac_seal(c.secret("key"), c.bytes("iv"), c.bytes("aad"), c.bytes("msg"));
    EXPECT_EQ(sealed.ciphertext, c.bytes("ct"));
    EXPECT_EQ(copy_of(sealed.tag), c.bytes("tag"));
  });
}

// reference/security-domain.md §9.
TEST(CompactJwe, GivesThePublishedText) {
  const SecretBytes master = secret_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const SecretBytes key = security_domain_key(master, "hsm_backup");
  test::ScriptedRandom random(hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"));
  const std::string jwe = make_jwe_dir(key, "hsm_backup", bytes_of("security domain"), random);
  EXPECT_EQ(jwe,
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoiaHNtX2JhY2t1cCJ9..8PHy8_T19vf4-fr7_P3-_w."
            "2RWVUG-SIB6Dru5IwVlJZA.1Kvu6vSK6vAki3GJvdgukzUi1EkOgcRCv5a8thuz1cQ");
  auto parts = split_jwe(jwe);
  ASSERT_TRUE(parts);
  auto payload = open_jwe_dir(*parts, key);
  ASSERT_TRUE(payload);
  EXPECT_EQ(text_of(payload->reveal()), "security domain");
}

TEST(CompactJwe, TakesAnEmptyPayload) {
  SystemRandom random;
  const SecretBytes key(kCbcHmacKeyBytes);
  const std::string jwe = make_jwe_dir(key, "a", {}, random);
  auto payload = open_jwe_dir(*split_jwe(jwe), key);
  ASSERT_TRUE(payload);
  EXPECT_TRUE(payload->empty());
}

TEST(CompactJwe, RsaFormOpensWithThePrivateKey) {
  SystemRandom random;
  const std::string jwe = *make_jwe_rsa(rsa_key(), "not used", bytes_of("share"), random);
  const auto parts = *split_jwe(jwe);
  EXPECT_EQ(text_of(*from_base64url(parts.header)), R"({"alg":"RSA-OAEP-256","enc":"A256CBC-HS512","kid":"not used"})");
  auto payload = open_jwe_rsa(parts, rsa_key(), random);
  ASSERT_TRUE(payload);
  EXPECT_EQ(text_of(payload->reveal()), "share");
  EXPECT_FALSE(open_jwe_dir(parts, SecretBytes(kCbcHmacKeyBytes)));
}

// Flipping any character of any part gives the same answer: no oracle for the padding of either cipher.
TEST(CompactJwe, OneAnswerForEveryDamage) {
  SystemRandom random;
  const std::string jwe = *make_jwe_rsa(rsa_key(), "not used", bytes_of("share"), random);
  for (std::size_t i = 0; i < jwe.size(); ++i) {
    if (jwe[i] == '.') continue;
    std::string changed = jwe;
    changed[i] = changed[i] == 'A' ? 'E' : 'A';
    auto payload = open_jwe_rsa(*split_jwe(changed), rsa_key(), random);
    ASSERT_FALSE(payload) << i;
    EXPECT_EQ(payload.error().code, Errc::kBadCiphertext);
    EXPECT_EQ(payload.error().detail, "");
  }
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(CompactJwe, ShortContentKeyDoesNotOpen) {
  SystemRandom random;
  const std::string jwe = make_jwe_dir(SecretBytes(kCbcHmacKeyBytes), "k", bytes_of("x"), random);
  auto parts = *split_jwe(jwe);
  const std::string encrypted = to_base64url(*rsa_oaep_encrypt(rsa_key(), Digest::kSha256, Bytes(32)));
  parts.encrypted_key = encrypted;
  EXPECT_FALSE(open_jwe_rsa(parts, rsa_key(), random));
}

TEST(Compact, SplitsIntoExactlyTheParts) {
  EXPECT_TRUE(split_compact<3>("a.b.c"));
  EXPECT_TRUE(split_compact<3>(".."));
  for (const char* text : {"", "a", "a.b", "a.b.c.d", "a.b.c.", "a.b c.d", "a.b=.c", "a.b+.c", "a.b/.c", "a.\n.c"}) {
    EXPECT_FALSE(split_compact<3>(text)) << text;
  }
  EXPECT_FALSE(split_jwe(std::string_view("a.b.c")));
}

TEST(RsaOaep, RoundTripsWithEachDigest) {
  for (const Digest digest : {Digest::kSha1, Digest::kSha256, Digest::kSha384}) {
    auto encrypted = rsa_oaep_encrypt(rsa_key(), digest, bytes_of("key"));
    ASSERT_TRUE(encrypted);
    auto decrypted = rsa_oaep_decrypt(rsa_key(), digest, *encrypted);
    ASSERT_TRUE(decrypted);
    EXPECT_EQ(text_of(decrypted->reveal()), "key");
  }
}

TEST(RsaOaep, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(rsa_oaep_encrypt(rsa_key(), Digest::kSha256, Bytes(191)));  // RFC 8017 §7.1.1: 256 - 2*32 - 2 = 190
  EXPECT_TRUE(rsa_oaep_encrypt(rsa_key(), Digest::kSha256, Bytes(190)));
  const Bytes encrypted = *rsa_oaep_encrypt(rsa_key(), Digest::kSha1, bytes_of("key"));
  EXPECT_EQ(rsa_oaep_decrypt(rsa_key(), Digest::kSha256, encrypted).error().code, Errc::kBadCiphertext);
  EXPECT_EQ(rsa_oaep_decrypt(rsa_key(), Digest::kSha1, {}).error().code, Errc::kBadCiphertext);
  EXPECT_EQ(rsa_oaep_decrypt(rsa_key(), Digest::kSha1, Bytes(256, 0xff)).error().code, Errc::kBadCiphertext);
  EXPECT_EQ(rsa_oaep_decrypt(generate_ec(core::Curve::kP256)->get(), Digest::kSha1, encrypted).error().code,
            Errc::kBadCiphertext);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

// The API has no label, so cases with one must not open.
void run_oaep(std::string_view file, Digest digest) {
  test::for_each_case(file, [digest](const test::WycheproofCase& c) {
    auto key = private_key_from_der(c.secret("privateKeyPkcs8"));
    ASSERT_TRUE(key);
    auto opened = rsa_oaep_decrypt(key->get(), digest, c.bytes("ct"));
    ASSERT_EQ(opened.has_value(), c.valid() && c.text("label").empty());
    if (opened) {
      EXPECT_EQ(copy_of(opened->reveal()), c.bytes("msg"));
    }
  });
}

TEST(RsaOaep, Wycheproof) {
  run_oaep("rsa_oaep_2048_sha1_mgf1sha1_test.json", Digest::kSha1);
  run_oaep("rsa_oaep_2048_sha256_mgf1sha256_test.json", Digest::kSha256);
  run_oaep("rsa_oaep_2048_sha384_mgf1sha384_test.json", Digest::kSha384);
  run_oaep("rsa_oaep_3072_sha256_mgf1sha256_test.json", Digest::kSha256);
  run_oaep("rsa_oaep_4096_sha256_mgf1sha256_test.json", Digest::kSha256);
}

// Another digest for MGF1 than for the hash is no algorithm of the service.
TEST(RsaOaep, OtherMgf1DigestsAreRefused) {
  test::for_each_case("rsa_oaep_2048_sha256_mgf1sha1_test.json", [](const test::WycheproofCase& c) {
    auto key = private_key_from_der(c.secret("privateKeyPkcs8"));
    ASSERT_TRUE(key);
    EXPECT_FALSE(rsa_oaep_decrypt(key->get(), Digest::kSha256, c.bytes("ct")));
    EXPECT_FALSE(rsa_oaep_decrypt(key->get(), Digest::kSha1, c.bytes("ct")));
  });
}

}  // namespace
}  // namespace hsm::crypto
