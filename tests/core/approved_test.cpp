#include "core/approved.h"

#include <gtest/gtest.h>

#include <set>

namespace hsm::core {
namespace {

TEST(Approved, AllAlgorithmsButThese) {
  std::set<std::string_view> refused;
  for (const AlgorithmRow& row : kAlgorithms) {
    for (const KeyOperationRow& operation : kKeyOperations) {
      if (row.operations.has(operation.operation) && !approved(row, operation.operation)) refused.insert(row.name);
    }
  }
  EXPECT_EQ(refused, (std::set<std::string_view>{"RSA1_5", "RSNULL", "ES256K", "EdDSA", "X25519"}));
}

TEST(Approved, NothingForAnOperationThatAnAlgorithmDoesNotServe) {
  for (const AlgorithmRow& row : kAlgorithms) {
    for (const KeyOperationRow& operation : kKeyOperations) {
      if (row.operations.has(operation.operation)) continue;
      EXPECT_FALSE(approved(row, operation.operation)) << row.name;
    }
  }
}

TEST(Approved, AllKeysButThoseOnP256KAndOctetKeyPairs) {
  for (const std::uint16_t bits : kRsaBits) EXPECT_TRUE(approved({KeyType::kRsa, Curve::kNone, bits}));
  for (const std::uint16_t bits : kOctBits) EXPECT_TRUE(approved({KeyType::kOct, Curve::kNone, bits}));
  for (const MlDsaSetRow& set : kMlDsaSets) EXPECT_TRUE(approved({KeyType::kAkp, Curve::kNone, set.number}));
  for (const CurveRow& curve : kCurves) {
    EXPECT_EQ(approved({KeyType::kEc, curve.curve, 0}), curve.curve != Curve::kP256K) << curve.name;
  }
  for (const CurveRow& curve : kOkpCurves) EXPECT_FALSE(approved({KeyType::kOkp, curve.curve, 0})) << curve.name;
  EXPECT_FALSE(approved({KeyType::kRsa, Curve::kNone, 1024}));
  EXPECT_FALSE(approved({KeyType::kOct, Curve::kNone, 64}));
}

}  // namespace
}  // namespace hsm::core
