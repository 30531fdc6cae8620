#include <set>

#include "crypto/public_key.h"
#include "tests/partition/engine/engine_fixture.h"
#include "tests/partition/engine/wycheproof_keys.h"

namespace hsm::partition {
namespace {

using core::Curve;
using core::KeyOperation;

TEST(Generate, HonoursThePublicExponent) {
  struct Row {
    std::uint32_t exponent;
    Bytes expected;
  };
  for (const Row& row : {Row{3, {3}}, Row{17, {17}}, Row{65537, {1, 0, 1}}}) {
    const GeneratedKey key = generated(kRsa2048, row.exponent);
    EXPECT_EQ(key.public_key.exponent, row.expected);
    EXPECT_EQ(key.public_key.modulus.size(), 256U);
    EXPECT_GE(key.public_key.modulus[0], 0x80);
    EXPECT_TRUE(engine().load(policy_of(kRsa2048), key.material));  // which signs and verifies once
  }
}

TEST(Generate, RefusesExponentsThatAreNone) {
  for (const std::uint32_t exponent : {0U, 1U, 2U, 4U, 65536U}) {
    const auto key = engine().generate(kRsa2048, exponent);
    ASSERT_FALSE(key) << exponent;
    EXPECT_EQ(key.error().code, Errc::kBadParameter);
  }
}

TEST(Generate, RefusesKindsThatTheServiceLacks) {
  using enum core::KeyType;
  for (const core::KeySpec& spec :
       {core::KeySpec{kRsa, Curve::kNone, 1024}, core::KeySpec{kRsa, Curve::kNone, 2047},
        core::KeySpec{kRsa, Curve::kP256, 2048}, core::KeySpec{kEc, Curve::kNone, 0},
        core::KeySpec{kEc, Curve::kP256, 256}, core::KeySpec{kOct, Curve::kNone, 512},
        core::KeySpec{kOct, Curve::kNone, 0}, core::KeySpec{static_cast<core::KeyType>(9), Curve::kNone, 256},
        core::KeySpec{kEc, static_cast<Curve>(9), 0}}) {
    EXPECT_EQ(engine().generate(spec, 65537).error().code, Errc::kBadParameter);
    EXPECT_EQ(engine().import(spec, {}).error().code, Errc::kBadParameter);
    EXPECT_FALSE(engine().load({spec, {}, false, {}}, SecretBytes(32)));
  }
}

class GenerateEc : public ::testing::TestWithParam<Curve> {};
INSTANTIATE_TEST_SUITE_P(Curves, GenerateEc,
                         ::testing::Values(Curve::kP256, Curve::kP384, Curve::kP521, Curve::kP256K));

TEST_P(GenerateEc, GivesAPointOfTheCurveInFixedWidth) {
  std::set<Bytes> seen;
  for (int i = 0; i < 8; ++i) {
    const GeneratedKey key = generated(ec(GetParam()));
    const std::size_t width = core::row(GetParam()).coordinate_bytes;
    EXPECT_EQ(key.public_key.x.size(), width);
    EXPECT_EQ(key.public_key.y.size(), width);
    EXPECT_TRUE(key.public_key.modulus.empty() && key.public_key.exponent.empty());
    EXPECT_TRUE(crypto::ec_public_key(GetParam(), key.public_key.x, key.public_key.y));
    EXPECT_TRUE(seen.insert(key.public_key.x).second);
    EXPECT_TRUE(engine().load(policy_of(ec(GetParam())), key.material));
  }
}

TEST_P(GenerateEc, MaterialOfAnotherCurveIsNotLoaded) {
  const GeneratedKey key = generated(ec(GetParam()));
  for (const Curve other : {Curve::kP256, Curve::kP384, Curve::kP521, Curve::kP256K}) {
    EXPECT_EQ(engine().load(policy_of(ec(other)), key.material).has_value(), other == GetParam());
  }
}

TEST(GenerateOct, GivesRandomBytesOfTheSizeAndNoPublicHalf) {
  for (const std::size_t bits : {128, 192, 256}) {
    const GeneratedKey one = generated(oct(bits));
    const GeneratedKey two = generated(oct(bits));
    EXPECT_EQ(one.material.size() * 8, bits);
    EXPECT_FALSE(one.material == two.material);
    EXPECT_EQ(one.public_key, core::PublicKey{});
    EXPECT_FALSE(engine().load(policy_of(oct(bits == 128 ? 256 : 128)), one.material));
  }
}

}  // namespace
}  // namespace hsm::partition
