#include "attestation/key_objects.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "tests/attestation/samples.h"

namespace hsm::attestation {
namespace {

using enum AttributeType;

TEST(KeyObjects, OfAPairSayWhatEachHalfDoes) {
  const KeyObjects objects = key_objects(test::ec_facts()).value();
  EXPECT_EQ(objects.key.number(kClass), kPrivateKey);
  EXPECT_EQ(objects.key.flag(kSign), true);
  EXPECT_EQ(objects.key.flag(kUnwrap), false);
  EXPECT_EQ(objects.key.find(kVerify), nullptr);
  ASSERT_TRUE(objects.public_key);
  EXPECT_EQ(objects.public_key->number(kClass), kPublicKey);
  EXPECT_EQ(objects.public_key->flag(kVerify), true);
  EXPECT_EQ(objects.public_key->flag(kEncrypt), false);
  EXPECT_EQ(objects.public_key->find(kSensitive), nullptr);
  EXPECT_EQ(to_hex(*objects.public_key->find(kEcPoint)), "04" + to_hex(Bytes(32, 0x11)) + to_hex(Bytes(32, 0x22)));
  EXPECT_EQ(curve_of(*objects.public_key->find(kEcParams)), core::Curve::kP256);
}

TEST(KeyObjects, OfASymmetricKeyIsOneThatDoesItAll) {
  const KeyObjects objects = key_objects(test::oct_facts()).value();
  EXPECT_FALSE(objects.public_key);
  EXPECT_EQ(objects.key.number(kClass), kSecretKey);
  EXPECT_EQ(objects.key.number(kValueBytes), 32u);
  EXPECT_EQ(objects.key.flag(kEncrypt), true);
  EXPECT_EQ(objects.key.flag(kDecrypt), true);
  EXPECT_EQ(objects.key.flag(kWrap), false);
  EXPECT_EQ(*objects.key.find(kCheckValue), (Bytes{1, 2, 3}));
}

// PKCS#11 v3.0 §4.9: never-extractable and always-sensitive are of keys that were made here.
TEST(KeyObjects, AnImportedKeyHasNoPastThatCanBeVouchedFor) {
  KeyFacts facts = test::rsa_facts();
  const Object local = key_objects(facts).value().key;
  EXPECT_EQ(local.flag(kLocal), true);
  EXPECT_EQ(local.flag(kNeverExtractable), true);
  EXPECT_EQ(local.flag(kAlwaysSensitive), true);
  EXPECT_EQ(local.number(kKeyGenMechanism), 0u);
  facts.policy.local = false;
  const Object imported = key_objects(facts).value().key;
  EXPECT_EQ(imported.flag(kLocal), false);
  EXPECT_EQ(imported.flag(kNeverExtractable), false);
  EXPECT_EQ(imported.flag(kAlwaysSensitive), false);
  EXPECT_EQ(imported.flag(kExtractable), false);
  EXPECT_EQ(imported.number(kKeyGenMechanism), kNotGeneratedHere);
}

TEST(KeyObjects, AnExportableKeyNamesItsReleasePolicy) {
  KeyFacts facts = test::rsa_facts();
  EXPECT_EQ(key_objects(facts).value().key.find(kReleasePolicyDigest), nullptr);
  facts.policy.exportable = true;
  facts.policy.release_policy_digest = {9};
  const Object key = key_objects(facts).value().key;
  EXPECT_EQ(key.flag(kExtractable), true);
  EXPECT_EQ(key.flag(kNeverExtractable), false);
  EXPECT_EQ(key.find(kReleasePolicyDigest)->front(), 9);
}

TEST(KeyObjects, KnowEveryCurveThatIsOffered) {
  for (const core::CurveRow& row : core::kCurves) {
    KeyFacts facts = test::ec_facts();
    facts.policy.spec.curve = row.curve;
    const Object key = key_objects(facts).value().key;
    EXPECT_EQ(curve_of(*key.find(kEcParams)), row.curve) << row.name;
  }
}

}  // namespace
}  // namespace hsm::attestation
