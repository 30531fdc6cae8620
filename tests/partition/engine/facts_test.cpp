// What material shows of itself, for attestations.
#include "tests/partition/engine/engine_fixture.h"

namespace hsm::partition {
namespace {

using core::Curve;
using core::KeyType;

TEST(Facts, ArePublicHalvesAsTheyWereWhenKeysWereMade) {
  std::vector<core::KeySpec> specs{{KeyType::kRsa, Curve::kNone, 2048}};
  for (const core::CurveRow& row : core::kCurves) specs.push_back({KeyType::kEc, row.curve, 0});
  for (const core::CurveRow& row : core::kOkpCurves) specs.push_back({KeyType::kOkp, row.curve, 0});
  if (providers().ml_dsa) {
    for (const core::MlDsaSetRow& set : core::kMlDsaSets) specs.push_back({KeyType::kAkp, Curve::kNone, set.number});
  }
  for (const core::KeySpec& spec : specs) {
    const GeneratedKey key = generated(spec);
    const auto facts = engine().facts(spec, key.material);
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->public_key, key.public_key) << core::wire_name(spec.type);
    EXPECT_NE(facts->public_key, core::PublicKey{});
    EXPECT_TRUE(facts->check_value.empty());
  }
}

TEST(Facts, OfASymmetricKeyAreItsCheckValueAlone) {
  const core::KeySpec spec{KeyType::kOct, Curve::kNone, 256};
  const auto facts = engine().facts(spec, generated(spec).material);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->public_key, core::PublicKey{});
  EXPECT_EQ(facts->check_value.size(), 3U);
}

TEST(Facts, AreNotReadOfOtherMaterial) {
  const SecretBytes noise = SecretBytes::copy(Bytes(7, 1));
  for (const core::KeySpec& spec :
       {core::KeySpec{KeyType::kRsa, Curve::kNone, 2048}, core::KeySpec{KeyType::kEc, Curve::kP256, 0},
        core::KeySpec{KeyType::kOct, Curve::kNone, 256}, core::KeySpec{KeyType::kOkp, Curve::kEd25519, 0},
        core::KeySpec{KeyType::kAkp, Curve::kNone, 65}, core::KeySpec{KeyType::kAkp, Curve::kNone, 66}}) {
    EXPECT_FALSE(engine().facts(spec, noise)) << core::wire_name(spec.type);
  }
}

}  // namespace
}  // namespace hsm::partition
