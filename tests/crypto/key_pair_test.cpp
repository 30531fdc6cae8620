#include "crypto/key_pair.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <openssl/pem.h>

#include "base/base64url.h"
#include "crypto/public_key.h"
#include "tests/crypto/hex_literal.h"
#include "tests/vectors/wycheproof.h"

namespace hsm::crypto {
namespace {

using core::Curve;
using test::hex;

bool same_public(const EVP_PKEY* a, const EVP_PKEY* b) {
  return EVP_PKEY_eq(a, b) == 1;
}

TEST(KeyPair, GoesThroughPemAndDer) {
  for (const PkeyPtr& key : {*generate_rsa(2048), *generate_ec(Curve::kP256), *generate_ec(Curve::kP521)}) {
    const SecretBytes pem = private_key_to_pem(key.get());
    EXPECT_TRUE(text_of(pem.reveal()).starts_with("-----BEGIN PRIVATE KEY-----"));
    auto from_pem = private_key_from_pem(pem);
    ASSERT_TRUE(from_pem);
    EXPECT_TRUE(same_public(from_pem->get(), key.get()));
    auto from_der = private_key_from_der(private_key_to_der(key.get()));
    ASSERT_TRUE(from_der);
    EXPECT_EQ(private_key_to_der(from_der->get()), private_key_to_der(key.get()));
  }
}

TEST(KeyPair, ReadsNoPublicKeyAndNothingDamaged) {
  const PkeyPtr key = *generate_ec(Curve::kP256);
  EXPECT_FALSE(private_key_from_der(SecretBytes::copy(public_key_to_der(key.get()))));
  EXPECT_FALSE(private_key_from_der(SecretBytes()));
  const SecretBytes der = private_key_to_der(key.get());
  SecretBytes longer(der.size() + 1);
  std::ranges::copy(der.reveal(), longer.writable().begin());
  EXPECT_FALSE(private_key_from_der(longer));
  EXPECT_FALSE(private_key_from_der(SecretBytes::copy(der.reveal().first(der.size() - 1))));
  EXPECT_FALSE(private_key_from_pem(der));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

// An encrypted key is refused without a question on the terminal.
TEST(KeyPair, RefusesAnEncryptedKey) {
  const PkeyPtr key = *generate_ec(Curve::kP256);
  const BioPtr out(BIO_new(BIO_s_mem()));
  char password[] = "password";
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), password, 8, nullptr, nullptr), 1);
  char* text = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &text));
  EXPECT_FALSE(private_key_from_pem(SecretBytes::copy(bytes_of({text, size}))));
}

TEST(KeyPair, RefusesSizesNobodyShouldUse) {
  EXPECT_FALSE(generate_rsa(1024));
  EXPECT_FALSE(generate_rsa(2048, 2));
  EXPECT_FALSE(generate_rsa(2048, 1));
}

TEST(PublicKey, MembersMakeTheSameKey) {
  const PkeyPtr rsa = *generate_rsa(2048);
  const auto members = *public_members(rsa.get());
  EXPECT_EQ(members.modulus.size(), 256U);
  EXPECT_EQ(to_hex(members.exponent), "010001");
  EXPECT_TRUE(same_public(rsa_public_key(members.modulus, members.exponent)->get(), rsa.get()));

  for (const auto& row : core::kCurves) {
    const PkeyPtr ec = *generate_ec(row.curve);
    const auto point = *public_members(ec.get());
    EXPECT_EQ(point.x.size(), row.coordinate_bytes);
    EXPECT_EQ(point.y.size(), row.coordinate_bytes);
    EXPECT_TRUE(same_public(ec_public_key(row.curve, point.x, point.y)->get(), ec.get()));
    EXPECT_EQ(*spec_of(ec.get()), (core::KeySpec{core::KeyType::kEc, row.curve, 0}));
    EXPECT_TRUE(same_public(public_key_from_der(public_key_to_der(ec.get()))->get(), ec.get()));
  }
}

TEST(PublicKey, TakesLeadingZeros) {
  const auto members = *public_members(generate_rsa(2048)->get());
  Bytes padded = members.modulus;
  padded.insert(padded.begin(), 0);
  auto key = rsa_public_key(padded, hex("00010001"));
  ASSERT_TRUE(key);
  EXPECT_EQ(public_members(key->get())->modulus, members.modulus);
}

TEST(PublicKey, RefusesWeakAndImpossibleRsaKeys) {
  const Bytes good(256, 0xff);
  EXPECT_TRUE(rsa_public_key(good, hex("010001")));
  EXPECT_FALSE(rsa_public_key(Bytes(128, 0xff), hex("010001")));
  EXPECT_FALSE(rsa_public_key(Bytes(2049, 0xff), hex("010001")));
  EXPECT_FALSE(rsa_public_key({}, hex("010001")));
  EXPECT_FALSE(rsa_public_key(good, {}));
  EXPECT_FALSE(rsa_public_key(good, hex("01")));
  EXPECT_FALSE(rsa_public_key(good, hex("02")));
  EXPECT_FALSE(rsa_public_key(good, Bytes(9, 0xff)));
  Bytes even = good;
  even.back() = 0xfe;
  EXPECT_FALSE(rsa_public_key(even, hex("010001")));
}

TEST(PublicKey, RefusesPointsThatAreNotOnTheCurve) {
  const auto point = *public_members(generate_ec(Curve::kP256)->get());
  EXPECT_FALSE(ec_public_key(Curve::kP256, point.y, point.x));
  EXPECT_FALSE(ec_public_key(Curve::kP256K, point.x, point.y));
  EXPECT_FALSE(ec_public_key(Curve::kP256, Bytes(32), Bytes(32)));
  EXPECT_FALSE(ec_public_key(Curve::kP256, {}, {}));
  EXPECT_FALSE(ec_public_key(Curve::kP256, Bytes(33, 1), point.y));
  EXPECT_FALSE(ec_public_key(Curve::kP256, Bytes(32, 0xff), Bytes(32, 0xff)));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(PublicKey, ReadsNoOtherKeyTypes) {
  const PkeyPtr ed25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  EXPECT_FALSE(public_key_from_der(public_key_to_der(ed25519.get())));
  EXPECT_FALSE(public_members(ed25519.get()));
  Bytes longer = public_key_to_der(generate_ec(Curve::kP256)->get());
  EXPECT_TRUE(public_key_from_der(longer));
  longer.push_back(0);
  EXPECT_FALSE(public_key_from_der(longer));
  EXPECT_FALSE(public_key_from_der({}));
}

// The files' point checks: 23 bad points a curve.
void run_points(std::string_view file, Curve curve) {
  test::for_each_case(file, [curve](const test::WycheproofCase& c) {
    const auto& jwk = c.object("public");
    const auto coordinate = [&jwk](const char* name) {
      const auto* text = jwk.if_contains(name);
      return text == nullptr ? Bytes{} : *from_base64url(std::string_view(text->as_string()));
    };
    const bool named = core::curve_named(std::string_view(jwk.at("crv").as_string())) == curve;
    const bool made = named && ec_public_key(curve, coordinate("x"), coordinate("y")).has_value();
    EXPECT_EQ(made, c.valid());
  });
}

TEST(PublicKey, PointsOfWycheproof) {
  run_points("ecdh_secp256r1_webcrypto_test.json", Curve::kP256);
  run_points("ecdh_secp384r1_webcrypto_test.json", Curve::kP384);
  run_points("ecdh_secp521r1_webcrypto_test.json", Curve::kP521);
  run_points("ecdh_secp256k1_webcrypto_test.json", Curve::kP256K);
}

}  // namespace
}  // namespace hsm::crypto
