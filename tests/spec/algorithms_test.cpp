#include <algorithm>

#include "core/algorithm.h"
#include "tests/spec/source.h"

namespace hsm::spec {
namespace {

using core::AlgorithmRow;

std::string type_of(const AlgorithmRow& row) {
  return row.type == core::KeyType::kRsa ? "RSA" : row.type == core::KeyType::kEc ? "EC" : "oct";
}

std::set<std::string> operations_of(const AlgorithmRow& row) {
  std::set<std::string> operations;
  for (const core::KeyOperationRow& operation : core::kKeyOperations) {
    if (row.operations.has(operation.operation)) operations.emplace(operation.name);
  }
  return operations;
}

using Algorithms = Spec;
INSTANTIATE_TEST_SUITE_P(Of, Algorithms, both_sources(), source_name);

TEST_P(Algorithms, AreThosePublishedNoMoreAndNoLess) {
  std::vector<PublishedAlgorithm> ours;
  for (const AlgorithmRow& row : core::kAlgorithms) {
    // EdDSA was withdrawn with 7.4-preview.1; X25519 is an extension of ours (docs/compatibility.md).
    if (row.type == core::KeyType::kOkp) continue;
    if (row.type == core::KeyType::kAkp) continue;  // no table but prose: reference/keys-api.md §4.5
    const std::string curve(row.curve == core::Curve::kNone ? "" : core::row(row.curve).name);
    ours.push_back({std::string(row.name), type_of(row), curve, row.key_bits, row.input_bytes, operations_of(row)});
  }
  std::ranges::sort(ours);
  ASSERT_EQ(ours.size(), published().algorithms.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const PublishedAlgorithm& expected = published().algorithms[i];
    EXPECT_EQ(ours[i].name, expected.name);
    EXPECT_EQ(ours[i].type, expected.type) << expected.name;
    EXPECT_EQ(ours[i].curve, expected.curve) << expected.name;
    EXPECT_EQ(ours[i].key_bits, expected.key_bits) << expected.name;
    EXPECT_EQ(ours[i].input_bytes, expected.input_bytes) << expected.name;
    EXPECT_EQ(ours[i].operations, expected.operations) << expected.name;
  }
}

// What a signature algorithm takes is a digest of the kind that its name says.
TEST(Algorithms, TakeADigestOfTheirOwnLength) {
  for (const AlgorithmRow& row : core::kAlgorithms) {
    if (row.input_bytes == 0 || row.scheme == core::Scheme::kMlDsaMu) continue;  // mu is no digest of the message
    EXPECT_EQ(row.input_bytes, core::digest_bytes(row.digest)) << row.name;
  }
}

}  // namespace
}  // namespace hsm::spec
