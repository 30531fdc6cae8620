#include "crypto/signature.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/base64url.h"
#include "crypto/ed25519.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"
#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using core::Algorithm;
using core::Curve;
using test::hex;
using test::secret_hex;

EVP_PKEY* rsa_key() {
  static const PkeyPtr kKey = *generate_rsa(2048);
  return kKey.get();
}
EVP_PKEY* p256_key() {
  static const PkeyPtr kKey = *generate_ec(Curve::kP256);
  return kKey.get();
}

constexpr auto kRsaAlgorithms = {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512,
                                 Algorithm::kPs256, Algorithm::kPs384, Algorithm::kPs512};

TEST(Signature, WhatIsSignedVerifies) {
  for (const Algorithm algorithm : kRsaAlgorithms) {
    auto signature = sign(algorithm, rsa_key(), bytes_of("message"));
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verify(algorithm, rsa_key(), bytes_of("message"), *signature));
    EXPECT_FALSE(verify(algorithm, rsa_key(), bytes_of("massage"), *signature));
    for (const Algorithm other : kRsaAlgorithms) {
      EXPECT_EQ(verify(other, rsa_key(), bytes_of("message"), *signature), other == algorithm);
    }
  }
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512, Algorithm::kEs256K}) {
    const Curve curve = core::row(algorithm).curve;
    const PkeyPtr key = *generate_ec(curve);
    auto signature = sign(algorithm, key.get(), bytes_of("message"));
    ASSERT_TRUE(signature);
    EXPECT_EQ(signature->size(), 2 * core::row(curve).coordinate_bytes);
    EXPECT_TRUE(verify(algorithm, key.get(), bytes_of("message"), *signature));
    EXPECT_FALSE(verify(algorithm, key.get(), bytes_of("massage"), *signature));
  }
}

TEST(Signature, AlgorithmMustSuitTheKey) {
  EXPECT_FALSE(sign(Algorithm::kEs256, rsa_key(), {}));
  EXPECT_FALSE(sign(Algorithm::kRs256, p256_key(), {}));
  EXPECT_FALSE(sign(Algorithm::kEs384, p256_key(), {}));
  EXPECT_FALSE(sign(Algorithm::kEs256K, p256_key(), {}));
  EXPECT_FALSE(sign(Algorithm::kHs256, rsa_key(), {}));
  EXPECT_FALSE(sign(Algorithm::kRsNull, rsa_key(), {}));
  EXPECT_FALSE(sign(Algorithm::kRsaOaep, rsa_key(), {}));
  EXPECT_FALSE(verify(Algorithm::kHs256, rsa_key(), {}, Bytes(32)));
  EXPECT_FALSE(verify(Algorithm{}, rsa_key(), {}, Bytes(32)));
  EXPECT_FALSE(verify(Algorithm::kRs256, nullptr, {}, Bytes(32)));
}

TEST(Signature, RsaKeyBelow2048BitsVerifiesNothing) {
  const PkeyPtr small(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  EXPECT_FALSE(sign(Algorithm::kRs256, small.get(), bytes_of("m")));
}

TEST(Signature, EcdsaTakesTheFixedFormAlone) {
  const Bytes fixed = *sign(Algorithm::kEs256, p256_key(), bytes_of("m"));
  const Bytes der = *ecdsa_fixed_to_der(fixed, 32);
  EXPECT_EQ(*ecdsa_der_to_fixed(der, 32), fixed);
  EXPECT_FALSE(verify(Algorithm::kEs256, p256_key(), bytes_of("m"), der));
  EXPECT_FALSE(verify(Algorithm::kEs256, p256_key(), bytes_of("m"), {}));
  EXPECT_FALSE(verify(Algorithm::kEs256, p256_key(), bytes_of("m"), ByteView(fixed).first(63)));
  EXPECT_FALSE(verify(Algorithm::kEs256, p256_key(), bytes_of("m"), Bytes(64)));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(EcdsaForm, KeepsSmallNumbers) {
  EXPECT_EQ(to_hex(*ecdsa_der_to_fixed(hex("3006020101020102"), 4)), "0000000100000002");
  EXPECT_EQ(to_hex(*ecdsa_fixed_to_der(hex("0000000100000002"), 4)), "3006020101020102");
  EXPECT_EQ(to_hex(*ecdsa_fixed_to_der(hex("00ff00ff"), 2)), "3008020200ff020200ff");
}

TEST(EcdsaForm, RefusesWhatIsDamaged) {
  EXPECT_FALSE(ecdsa_der_to_fixed({}, 4));
  EXPECT_FALSE(ecdsa_der_to_fixed(hex("300602010102010200"), 4)) << "a byte behind it";
  EXPECT_FALSE(ecdsa_der_to_fixed(hex("30060201010201"), 4));
  EXPECT_FALSE(ecdsa_der_to_fixed(hex("3008020301000102010200"), 2));
  EXPECT_FALSE(ecdsa_der_to_fixed(hex("30080203010001020102"), 2)) << "r is longer than the width";
  EXPECT_FALSE(ecdsa_der_to_fixed(hex("30060201ff020102"), 4)) << "a negative number";
  EXPECT_FALSE(ecdsa_fixed_to_der(hex("00010002"), 4));
  EXPECT_FALSE(ecdsa_fixed_to_der({}, 0));
}

void run_ecdsa(std::string_view file, Algorithm algorithm) {
  test::for_each_case(file, [algorithm](const test::WycheproofCase& c) {
    auto key = public_key_from_der(c.bytes("publicKeyDer"));
    ASSERT_TRUE(key);
    EXPECT_EQ(verify(algorithm, key->get(), c.bytes("msg"), c.bytes("sig")), c.valid());
  });
}

TEST(Signature, EcdsaWycheproof) {
  run_ecdsa("ecdsa_secp256r1_sha256_p1363_test.json", Algorithm::kEs256);
  run_ecdsa("ecdsa_secp384r1_sha384_p1363_test.json", Algorithm::kEs384);
  run_ecdsa("ecdsa_secp521r1_sha512_p1363_test.json", Algorithm::kEs512);
  run_ecdsa("ecdsa_secp256k1_sha256_p1363_test.json", Algorithm::kEs256K);
}

TEST(Signature, DerFormOfWycheproofIsRefused) {
  test::for_each_case("ecdsa_secp256r1_sha256_test.json", [](const test::WycheproofCase& c) {
    auto key = public_key_from_der(c.bytes("publicKeyDer"));
    ASSERT_TRUE(key);
    EXPECT_FALSE(verify(Algorithm::kEs256, key->get(), c.bytes("msg"), c.bytes("sig")));
  });
}

// Acceptable are signatures whose DigestInfo lacks the NULL; either answer is right.
void run_rsa(std::string_view file, Algorithm algorithm) {
  test::for_each_case(file, [algorithm](const test::WycheproofCase& c) {
    auto key = public_key_from_der(c.bytes("publicKeyDer"));
    ASSERT_TRUE(key);
    const bool right = verify(algorithm, key->get(), c.bytes("msg"), c.bytes("sig"));
    if (!c.acceptable()) {
      EXPECT_EQ(right, c.valid());
    }
  });
}

TEST(Signature, RsaWycheproof) {
  for (const std::string bits : {"2048", "3072", "4096"}) {
    run_rsa("rsa_signature_" + bits + "_sha256_test.json", Algorithm::kRs256);
    run_rsa("rsa_signature_" + bits + "_sha384_test.json", Algorithm::kRs384);
    run_rsa("rsa_signature_" + bits + "_sha512_test.json", Algorithm::kRs512);
  }
}

TEST(Signature, RsaPssWycheproof) {
  run_rsa("rsa_pss_2048_sha256_mgf1_32_test.json", Algorithm::kPs256);
  run_rsa("rsa_pss_3072_sha256_mgf1_32_test.json", Algorithm::kPs256);
  run_rsa("rsa_pss_4096_sha256_mgf1_32_test.json", Algorithm::kPs256);
  run_rsa("rsa_pss_2048_sha384_mgf1_48_test.json", Algorithm::kPs384);
  run_rsa("rsa_pss_4096_sha384_mgf1_48_test.json", Algorithm::kPs384);
  run_rsa("rsa_pss_4096_sha512_mgf1_64_test.json", Algorithm::kPs512);
}

// Another salt length or another digest in MGF1 is no JOSE algorithm.
void run_foreign_pss(std::string_view file, Algorithm algorithm, const test::WycheproofExceptions& right = {}) {
  test::for_each_case(file, [algorithm, &right](const test::WycheproofCase& c) {
    auto key = public_key_from_der(c.bytes("publicKeyDer"));
    ASSERT_TRUE(key);
    EXPECT_EQ(verify(algorithm, key->get(), c.bytes("msg"), c.bytes("sig")), right.contains(c.id()));
  });
}

TEST(Signature, ForeignPssParametersAreRefused) {
  run_foreign_pss("rsa_pss_2048_sha256_mgf1_0_test.json", Algorithm::kPs256,
                  {{69, "wrong for the file, as its salt has 32 bytes; that makes it right for PS256"}});
  run_foreign_pss("rsa_pss_2048_sha256_mgf1sha1_20_test.json", Algorithm::kPs256);
  run_foreign_pss("rsa_pss_4096_sha512_mgf1_32_test.json", Algorithm::kPs512);
}

TEST(Signature, RsaSigningGivesThePublishedValues) {
  const std::map<std::string, Algorithm> by_sha = {
      {"SHA-256", Algorithm::kRs256}, {"SHA-384", Algorithm::kRs384}, {"SHA-512", Algorithm::kRs512}};
  for (const std::string bits : {"2048", "3072", "4096"}) {
    test::for_each_case("rsa_pkcs1_" + bits + "_sig_gen_test.json", [&by_sha](const test::WycheproofCase& c) {
      const auto algorithm = by_sha.find(c.text("sha"));
      if (algorithm == by_sha.end()) return;  // SHA-1 and SHA-224 are no JOSE algorithms
      auto key = private_key_from_der(c.secret("privateKeyPkcs8"));
      ASSERT_TRUE(key);
      auto signature = sign(algorithm->second, key->get(), c.bytes("msg"));
      ASSERT_TRUE(signature);
      EXPECT_EQ(*signature, c.bytes("sig"));
    });
  }
}

// RFC 8032 §7.1, TEST 3.
TEST(Ed25519, GivesThePublishedValues) {
  const Ed25519Key key(secret_hex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
  EXPECT_EQ(to_hex(key.public_key()), "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  const auto signature = key.sign(hex("af82"));
  EXPECT_EQ(to_hex(signature),
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  EXPECT_TRUE(ed25519_verify(key.public_key(), hex("af82"), signature));
  EXPECT_FALSE(ed25519_verify(key.public_key(), hex("af83"), signature));
  EXPECT_FALSE(ed25519_verify(key.public_key(), hex("af82"), ByteView(signature).first(63)));
  EXPECT_FALSE(ed25519_verify(ByteView(key.public_key()).first(31), hex("af82"), signature));
}

TEST(Ed25519, Wycheproof) {
  test::for_each_case("ed25519_test.json", [](const test::WycheproofCase& c) {
    const Bytes key = hex(c.object("publicKey").at("pk").as_string());
    EXPECT_EQ(ed25519_verify(key, c.bytes("msg"), c.bytes("sig")), c.valid());
  });
}

}  // namespace
}  // namespace hsm::crypto
