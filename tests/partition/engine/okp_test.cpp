// Octet key pairs: published vectors, and what an import refuses.
#include "base/base64url.h"
#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using enum core::KeyOperation;
using core::Algorithm;
using core::Curve;
using test::for_each_case;

Bytes hex(std::string_view text) {
  return *from_hex(text);
}

// members are what a client sends of the key that has `d`, its public half worked out by OpenSSL.
core::PrivateKey members(Curve curve, ByteView d) {
  const crypto::PkeyPtr pkey(
      EVP_PKEY_new_raw_private_key_ex(nullptr, core::row(curve).openssl_group.data(), nullptr, d.data(), d.size()));
  core::PrivateKey key;
  key.d = SecretBytes::copy(d);
  key.public_key.x.resize(32);
  std::size_t size = 32;
  EXPECT_EQ(EVP_PKEY_get_raw_public_key(pkey.get(), key.public_key.x.data(), &size), 1);
  return key;
}

KeyPtr imported(Curve curve, ByteView d) {
  const auto key = engine().import(okp(curve), members(curve, d));
  if (!key) throw std::runtime_error(key.error().message);
  return loaded(okp(curve), *key);
}

KeyPtr public_key(ByteView x) {
  core::PublicKey key;
  key.x = copy_of(x);
  return engine().load_public(policy_of(okp(Curve::kEd25519)), key).value();
}

Result<core::CryptoReply> agree(const LoadedKey& key, ByteView peer) {
  return perform(key, kDeriveKey, Algorithm::kX25519, {.input = peer});
}

TEST(Ed25519, SignsAsTheStandardsExamples) {
  struct Row {
    const char *d, *x, *message, *signature;
  };
  // RFC 8032 §7.1, tests 1 to 3; the first one is also the key of RFC 8037 §A.
  for (const Row& row : {Row{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                             "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
                             "cf9b46bd25bf5f0595bbe"
                             "24655141438e7a100b"},
                         Row{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                             "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
                             "0f11d8c387b2eaeb4302a"
                             "eeb00d291612bb0c00"},
                         Row{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                             "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                             "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
                             "84dc6594a7c15e9716ed2"
                             "8dc027beceea1ec40a"}}) {
    EXPECT_EQ(members(Curve::kEd25519, hex(row.d)).public_key.x, hex(row.x));
    const auto reply =
        perform(*imported(Curve::kEd25519, hex(row.d)), kSign, Algorithm::kEdDsa, {.input = hex(row.message)});
    ASSERT_TRUE(reply);
    EXPECT_EQ(copy_of(reply->output.reveal()), hex(row.signature));
    EXPECT_TRUE(verifies(*public_key(hex(row.x)), Algorithm::kEdDsa, hex(row.message), hex(row.signature)));
  }
}

// The live service made this under 7.4-preview.1 (a recording of Azure's SDK for JavaScript, January 2022): it signed
// the 32 bytes that it got as they were.
TEST(Ed25519, VerifiesASignatureOfTheLiveService) {
  const Bytes x = from_base64url("ggSCf95AB6facFY7K-KsArU-60YGzeL22VxoQOf3zgs").value();
  const Bytes value = from_base64url("MV9b23bQeMQ7isAGTkoBZGErH853yGk0W_yUx1iU7dM").value();
  const Bytes signature =
      from_base64url("4K7lIH7HqV6m9nwxgEEEokh5w1sJqtpgdeMx7cAXGlD7TGFRVrvioMun-FtQsK5441Jk1BI2MP0z9yjghfoUAQ").value();
  EXPECT_TRUE(verifies(*public_key(x), Algorithm::kEdDsa, value, signature));
}

TEST(WycheproofEd25519, VerifiesWhatIsValidAndNothingElse) {
  for_each_case("ed25519_test.json", [](const WycheproofCase& c) {
    const Bytes x = hex(std::string_view(c.object("publicKey").at("pk").as_string()));
    EXPECT_EQ(verifies(*public_key(x), Algorithm::kEdDsa, c.bytes("msg"), c.bytes("sig")), c.valid());
  });
}

TEST(X25519, AgreesAsTheStandardsExample) {  // RFC 7748 §6.1
  const Bytes alice = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const Bytes bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const Bytes of_alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  const Bytes of_bob = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const Bytes shared = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
  EXPECT_EQ(members(Curve::kX25519, alice).public_key.x, of_alice);
  EXPECT_EQ(copy_of(agree(*imported(Curve::kX25519, alice), of_bob)->output.reveal()), shared);
  EXPECT_EQ(copy_of(agree(*imported(Curve::kX25519, bob), of_alice)->output.reveal()), shared);
}

TEST(WycheproofX25519, AgreesAndRefusesASecretOfZeros) {
  std::size_t zeros = 0;
  const std::size_t ran = for_each_case("x25519_test.json", [&zeros](const WycheproofCase& c) {
    const auto shared = agree(*imported(Curve::kX25519, c.bytes("private")), c.bytes("public"));
    if (c.has_flag("ZeroSharedSecret")) {  // a point of small order; the file leaves the answer open
      ++zeros;
      ASSERT_FALSE(shared);
      EXPECT_EQ(shared.error().code, Errc::kBadParameter);
      return;
    }
    ASSERT_TRUE(shared) << shared.error().message;
    EXPECT_EQ(copy_of(shared->output.reveal()), c.bytes("shared"));
  });
  if (ran > 0) {
    EXPECT_GT(zeros, 0U);
  }
}

class EveryOkpCurve : public ::testing::TestWithParam<Curve> {};
INSTANTIATE_TEST_SUITE_P(Okp, EveryOkpCurve, ::testing::Values(Curve::kEd25519, Curve::kX25519));

TEST_P(EveryOkpCurve, GeneratesKeysThatDiffer) {
  const GeneratedKey one = generated(okp(GetParam()));
  const GeneratedKey other = generated(okp(GetParam()));
  EXPECT_EQ(one.public_key.x.size(), 32U);
  EXPECT_TRUE(one.public_key.y.empty());
  EXPECT_NE(one.public_key.x, other.public_key.x);
  EXPECT_FALSE(one.material == other.material);
}

TEST_P(EveryOkpCurve, ImportRefusesWhatDoesNotBelongTogetherOrHasAnotherSize) {
  const core::PrivateKey good = members(GetParam(), bytes_of_size(32));
  EXPECT_TRUE(engine().import(okp(GetParam()), good));
  const auto refused = [&good](auto change) {
    core::PrivateKey bad;
    bad.public_key = good.public_key;
    bad.d = good.d.clone();
    change(bad);
    const auto result = engine().import(okp(GetParam()), bad);
    return !result && result.error().code == Errc::kBadParameter && !result.error().message.empty();
  };
  EXPECT_TRUE(refused([](core::PrivateKey& key) { key.public_key.x[0] ^= 1; }));
  EXPECT_TRUE(refused([](core::PrivateKey& key) { key.public_key.x.clear(); }));
  EXPECT_TRUE(refused([](core::PrivateKey& key) { key.public_key.x.push_back(0); }));
  EXPECT_TRUE(refused([](core::PrivateKey& key) { key.d = SecretBytes(); }));
  EXPECT_TRUE(refused([](core::PrivateKey& key) { key.d = SecretBytes(31); }));
  EXPECT_TRUE(refused([](core::PrivateKey& key) { key.d = SecretBytes(33); }));
}

TEST_P(EveryOkpCurve, LoadRefusesDamagedMaterial) {
  const GeneratedKey key = generated(okp(GetParam()));
  const core::KeyPolicy policy = policy_of(okp(GetParam()));
  SecretBytes shorter = key.material.clone();
  shorter.shrink(32);
  SecretBytes other_version = key.material.clone();
  other_version.writable()[0] ^= 1;
  for (const SecretBytes* bad : {&shorter, &other_version}) {
    const auto result = engine().load(policy, *bad);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::kInternal);
  }
}

TEST(Okp, APublicHalfAloneNeitherSignsNorAgrees) {
  const GeneratedKey signing = generated(okp(Curve::kEd25519));
  EXPECT_FALSE(perform(*public_key(signing.public_key.x), kSign, Algorithm::kEdDsa, {.input = bytes_of_size(3)}));
  const GeneratedKey agreeing = generated(okp(Curve::kX25519));
  const KeyPtr half = engine().load_public(policy_of(okp(Curve::kX25519)), agreeing.public_key).value();
  EXPECT_FALSE(agree(*half, agreeing.public_key.x));
}

TEST(X25519, TwoPartiesAgreeAndAThirdDoesNot) {
  const GeneratedKey a = generated(okp(Curve::kX25519));
  const GeneratedKey b = generated(okp(Curve::kX25519));
  const GeneratedKey c = generated(okp(Curve::kX25519));
  const auto at_a = agree(*loaded(okp(Curve::kX25519), a), b.public_key.x);
  const auto at_b = agree(*loaded(okp(Curve::kX25519), b), a.public_key.x);
  const auto at_c = agree(*loaded(okp(Curve::kX25519), c), a.public_key.x);
  ASSERT_TRUE(at_a && at_b && at_c);
  EXPECT_TRUE(at_a->output == at_b->output);
  EXPECT_FALSE(at_a->output == at_c->output);
}

TEST(X25519, RefusesAPublicKeyOfAnotherLength) {
  const KeyPtr key = key_for(okp(Curve::kX25519));
  for (const std::size_t size : {0, 31, 33, 64}) {
    const auto reply = agree(*key, bytes_of_size(size));
    ASSERT_FALSE(reply) << size;
    EXPECT_EQ(reply.error().code, Errc::kBadParameter);
  }
}

}  // namespace
}  // namespace hsm::partition
