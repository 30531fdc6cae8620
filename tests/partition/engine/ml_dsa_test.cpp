// ML-DSA keys in the engine, besides the gauntlet over all algorithms (operations_test.cpp) and the public vectors.
#include <openssl/crypto.h>

#include "partition/engine/openssl/ml_dsa_key.h"
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using enum core::Algorithm;
using enum core::KeyOperation;

constexpr core::KeySpec akp(std::uint16_t number) {
  return {core::KeyType::kAkp, core::Curve::kNone, number};
}

class MlDsa : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!providers().ml_dsa) GTEST_SKIP() << "NO ML-DSA HERE: tools/install_fips_provider";
  }
};

TEST_F(MlDsa, MaterialIsTheSeedAndItsPublicHalfHasTheSizeOfItsSet) {
  for (const core::MlDsaSetRow& set : core::kMlDsaSets) {
    const GeneratedKey key = generated(akp(set.number));
    EXPECT_EQ(key.material.size(), core::kMlDsaSeedBytes);
    EXPECT_EQ(key.public_key.pub.size(), set.public_bytes);
    core::PrivateKey members;
    members.priv = key.material.clone();
    EXPECT_EQ(engine().import(akp(set.number), members)->public_key, key.public_key);
    EXPECT_NE(generated(akp(set.number)).public_key.pub, key.public_key.pub);
  }
}

TEST_F(MlDsa, SignaturesAreHedgedAndOfTheSizeOfTheSet) {
  const KeyPtr key = key_for(akp(65));
  const Bytes message = bytes_of_size(100);
  const auto one = perform(*key, kSign, kMlDsa65, {.input = message});
  const auto two = perform(*key, kSign, kMlDsa65, {.input = message});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->output.size(), 3309U);
  EXPECT_NE(copy_of(one->output.reveal()), copy_of(two->output.reveal()));
}

TEST_F(MlDsa, AContextIsPartOfWhatIsSigned) {
  const KeyPtr key = key_for(akp(44));
  const Bytes message = bytes_of_size(10), context = bytes_of_size(255), other = bytes_of_size(254);
  const auto made = perform(*key, kSign, kMlDsa44, {.input = message, .aad = context});
  ASSERT_TRUE(made);
  const auto verdict = [&](ByteView with) {
    return perform(*key, kVerify, kMlDsa44, {.input = message, .signature = made->output.reveal(), .aad = with})
        ->verified;
  };
  EXPECT_TRUE(verdict(context));
  EXPECT_FALSE(verdict(other));
  EXPECT_FALSE(verdict({}));
}

TEST_F(MlDsa, AContextHasAtMost255BytesAndAMuHasNone) {
  const KeyPtr key = key_for(akp(44));
  const Bytes mu = bytes_of_size(64), context = bytes_of_size(256), signature(2420);
  for (const auto operation : {kSign, kVerify}) {
    const auto longer = perform(*key, operation, kMlDsa44, {.input = mu, .signature = signature, .aad = context});
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, Errc::kBadParameter);
    const Given twice{.input = mu, .signature = signature, .aad = ByteView(context).first(1)};
    const auto both = perform(*key, operation, kMlDsa44Mu, twice);
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().code, Errc::kBadParameter);
  }
}

TEST_F(MlDsa, AMessageThatLooksLikeAMuIsNotOne) {
  const KeyPtr key = key_for(akp(87));
  const Bytes mu = bytes_of_size(64);
  const auto made = perform(*key, kSign, kMlDsa87Mu, {.input = mu});
  ASSERT_TRUE(made);
  EXPECT_TRUE(verifies(*key, kMlDsa87Mu, mu, made->output.reveal()));
  EXPECT_FALSE(verifies(*key, kMlDsa87, mu, made->output.reveal()));
}

TEST_F(MlDsa, APublicHalfVerifiesOnly) {
  const Bytes message = bytes_of_size(20);
  const auto made = perform(*key_for(akp(65)), kSign, kMlDsa65, {.input = message});
  const auto half = engine().load_public(policy_of(akp(65)), material_for(akp(65)).public_key);
  ASSERT_TRUE(made && half);
  EXPECT_TRUE(verifies(**half, kMlDsa65, message, made->output.reveal()));
  EXPECT_EQ(perform(**half, kSign, kMlDsa65, {.input = message}).error().code, Errc::kBadParameter);
}

TEST_F(MlDsa, OnlyASeedAndItsOwnPublicHalfAreImported) {
  core::PrivateKey members;
  for (const std::size_t size : {0U, 31U, 33U, 64U}) {
    members.priv = SecretBytes(size);
    EXPECT_EQ(engine().import(akp(65), members).error().code, Errc::kBadParameter) << size;
  }
  members.priv = SecretBytes(32);
  const auto imported = engine().import(akp(65), members);
  ASSERT_TRUE(imported);
  members.public_key = imported->public_key;
  EXPECT_TRUE(engine().import(akp(65), members));
  EXPECT_FALSE(engine().import(akp(44), members));
  members.public_key.pub.back() ^= 1;
  EXPECT_EQ(engine().import(akp(65), members).error().code, Errc::kBadParameter);
}

TEST_F(MlDsa, SetsThatAreNoneAreRefused) {
  for (const std::uint16_t number : std::initializer_list<std::uint16_t>{0, 43, 128}) {
    EXPECT_EQ(engine().generate(akp(number), 0).error().code, Errc::kBadParameter) << number;
    EXPECT_EQ(engine().load(policy_of(akp(number)), SecretBytes(32)).error().code, Errc::kBadParameter) << number;
  }
}

// Where OpenSSL has no ML-DSA; the rest of the engine works.
TEST(WithoutMlDsa, EveryUseOfItIsClearlyNotSupported) {
  OpenSslEngine bare;
  core::PrivateKey members;
  members.priv = SecretBytes(32);
  const core::KeyPolicy policy = policy_of(akp(65));
  EXPECT_EQ(bare.generate(akp(65), 0).error().code, Errc::kNotSupported);
  EXPECT_EQ(bare.import(akp(65), members).error().code, Errc::kNotSupported);
  EXPECT_EQ(bare.load(policy, members.priv).error().code, Errc::kNotSupported);
  EXPECT_EQ(bare.load_public(policy, {}).error().code, Errc::kNotSupported);
  EXPECT_TRUE(bare.generate(oct(256), 0));
}

TEST(Providers, WhatIsNoFipsProviderIsNotLoaded) {
  for (const char* path : {"/nowhere/fips.so", "fips.so", "/etc/passwd", "/tmp/$(x)/fips.so"}) {
    const auto loaded = load_providers({.fips_module = path});
    ASSERT_TRUE(loaded);  // outside of FIPS mode there is no ML-DSA then, and that is all
    if (OPENSSL_version_major() == 3 && OPENSSL_version_minor() < 5) {
      EXPECT_FALSE(loaded->ml_dsa);
      EXPECT_TRUE(loaded->missing.contains("can't be loaded")) << loaded->missing;
    }
    EXPECT_FALSE(loaded->info.fips);
    EXPECT_EQ(loaded->info.provider, "OpenSSL Default Provider");
    EXPECT_EQ(load_providers({.fips_module = path, .fips = true}).error().code, Errc::kUnavailable) << path;
  }
}

}  // namespace
}  // namespace hsm::partition
