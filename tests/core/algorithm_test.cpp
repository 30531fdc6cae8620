#include "core/algorithm.h"

#include <gtest/gtest.h>

#include <set>

namespace hsm::core {
namespace {

TEST(Algorithms, AreFoundByTheirNames) {
  for (const AlgorithmRow& row : kAlgorithms) EXPECT_EQ(algorithm_named(row.name), row.algorithm) << row.name;
  EXPECT_FALSE(algorithm_named("rs256"));
  EXPECT_FALSE(algorithm_named("none"));
}

TEST(Algorithms, NumbersThatAreNoneHaveNoRow) {
  EXPECT_EQ(find_row(static_cast<Algorithm>(0)), nullptr);
  EXPECT_EQ(find_row(static_cast<Algorithm>(kAlgorithms.size() + 1)), nullptr);
  EXPECT_EQ(find_row(static_cast<Algorithm>(255)), nullptr);
}

TEST(Algorithms, SuitOnlyKeysOfTheirTypeSizeAndCurve) {
  const KeySpec p256{.type = KeyType::kEc, .curve = Curve::kP256};
  const KeySpec aes256{.type = KeyType::kOct, .bits = 256};
  EXPECT_TRUE(suits(row(Algorithm::kEs256), p256, KeyOperation::kSign));
  EXPECT_FALSE(suits(row(Algorithm::kEs384), p256, KeyOperation::kSign));
  EXPECT_FALSE(suits(row(Algorithm::kEs256K), p256, KeyOperation::kSign));
  EXPECT_TRUE(suits(row(Algorithm::kA256Kw), aes256, KeyOperation::kWrapKey));
  EXPECT_FALSE(suits(row(Algorithm::kA256Kw), aes256, KeyOperation::kEncrypt));
  EXPECT_FALSE(suits(row(Algorithm::kA128Kw), aes256, KeyOperation::kWrapKey));
  EXPECT_TRUE(suits(row(Algorithm::kAesKeyWrap), aes256, KeyOperation::kWrapKey));
}

TEST(Algorithms, AnAkpKeyHasOneForMessagesAndOneForMu) {
  for (const MlDsaSetRow& set : kMlDsaSets) {
    const KeySpec spec{.type = KeyType::kAkp, .bits = set.number};
    const AlgorithmRow& message = row(ml_dsa_algorithm(spec, MlDsaInput::kMessage));
    const AlgorithmRow& mu = row(ml_dsa_algorithm(spec, MlDsaInput::kMu));
    EXPECT_EQ(message.name, set.name);
    EXPECT_EQ(mu.input_bytes, 64);
    for (const AlgorithmRow& candidate : kAlgorithms) {
      EXPECT_EQ(suits(candidate, spec, KeyOperation::kSign),
                candidate.algorithm == message.algorithm || candidate.algorithm == mu.algorithm);
    }
  }
}

TEST(KeyTypes, SoftwareNamesBecomeTheHsmOnes) {
  for (const char* name : {"RSA", "RSA-HSM"}) EXPECT_EQ(wire_name(*key_type_named(name)), "RSA-HSM");
  for (const char* name : {"EC", "EC-HSM"}) EXPECT_EQ(wire_name(*key_type_named(name)), "EC-HSM");
  for (const char* name : {"oct", "oct-HSM"}) EXPECT_EQ(wire_name(*key_type_named(name)), "oct-HSM");
  for (const char* name : {"AKP", "AKP-HSM"}) EXPECT_EQ(wire_name(*key_type_named(name)), "AKP-HSM");
  EXPECT_FALSE(key_type_named("rsa"));
}

TEST(KeySpecs, OnlyTheSizesOfTheServiceAreValid) {
  EXPECT_TRUE(valid({.type = KeyType::kRsa, .bits = 3072}));
  EXPECT_FALSE(valid({.type = KeyType::kRsa, .bits = 1024}));
  EXPECT_FALSE(valid({.type = KeyType::kRsa, .curve = Curve::kP256, .bits = 2048}));
  EXPECT_FALSE(valid({.type = KeyType::kEc}));
  EXPECT_FALSE(valid({.type = KeyType::kOct, .bits = 64}));
  EXPECT_TRUE(valid({.type = KeyType::kAkp, .bits = 65}));
  EXPECT_FALSE(valid({.type = KeyType::kAkp, .bits = 66}));
  EXPECT_FALSE(valid({.type = KeyType::kAkp, .curve = Curve::kP256, .bits = 65}));
}

}  // namespace
}  // namespace hsm::core
