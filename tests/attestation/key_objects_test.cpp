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

TEST(KeyObjects, AKeyNamesItsReleasePolicyWhetherExportableOrNot) {
  KeyFacts facts = test::rsa_facts();
  EXPECT_EQ(key_objects(facts).value().key.find(kReleasePolicyDigest), nullptr);
  facts.policy.release_policy_digest = {9};  // of a key for secure wrap
  EXPECT_EQ(key_objects(facts).value().key.find(kReleasePolicyDigest)->front(), 9);
  facts.policy.exportable = true;
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

// PKCS#11 v3.0 §2.3.5 and §2.3.6; the identifiers are RFC 8410's.
TEST(KeyObjects, OfAnOctetKeyPairHaveItsOneCoordinate) {
  struct Row {
    core::Curve curve;
    std::uint32_t key_type, mechanism;
    const char* params;
    bool signs;
  };
  for (const Row& row : {Row{core::Curve::kEd25519, kEcEdwards, 0x1055, "06032b6570", true},
                         Row{core::Curve::kX25519, kEcMontgomery, 0x1056, "06032b656e", false}}) {
    const KeyObjects objects = key_objects(test::okp_facts(row.curve)).value();
    ASSERT_TRUE(objects.public_key);
    for (const Object* half : {&objects.key, &*objects.public_key}) {
      EXPECT_EQ(half->number(kKeyType), row.key_type);
      EXPECT_EQ(half->number(kKeyGenMechanism), row.mechanism);
      EXPECT_EQ(to_hex(*half->find(kEcParams)), row.params);
      EXPECT_EQ(*half->find(kEcPoint), Bytes(32, 0x33));
    }
    EXPECT_EQ(curve_of(*objects.key.find(kEcParams)), row.curve);
    EXPECT_EQ(objects.key.flag(kSign), row.signs);
    EXPECT_EQ(objects.key.flag(kDerive), !row.signs);
  }
  EXPECT_EQ(key_objects(test::ec_facts())->key.flag(kDerive), false);
  EXPECT_EQ(key_objects(test::oct_facts())->key.flag(kDerive), false);
}

TEST(KeyObjects, OfAnMlDsaKeyNameItsParameterSet) {
  std::uint32_t parameter_set = 0;
  for (const core::MlDsaSetRow& set : core::kMlDsaSets) {
    const KeyObjects objects = key_objects(test::ml_dsa_facts(set.number)).value();
    ++parameter_set;  // CKP_ML_DSA_44, 65 and 87 are 1, 2 and 3
    ASSERT_TRUE(objects.public_key);
    for (const Object* half : {&objects.key, &*objects.public_key}) {
      EXPECT_EQ(half->number(kKeyType), 0x4aU);
      EXPECT_EQ(half->number(kKeyGenMechanism), 0x1cU);
      EXPECT_EQ(half->number(kParameterSet), parameter_set);
      EXPECT_EQ(*half->find(kPublicValue), Bytes(set.public_bytes, 0x44));
      EXPECT_EQ(half->find(AttributeType{0x11}), nullptr) << "CKA_VALUE of a private key would be the private one";
    }
    EXPECT_EQ(ml_dsa_set_of(parameter_set), &set);
  }
  EXPECT_EQ(ml_dsa_set_of(0), nullptr);
  EXPECT_EQ(ml_dsa_set_of(4), nullptr);
}

}  // namespace
}  // namespace hsm::attestation
