#include "core/algorithm.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::core {
namespace {

// The enumerators are dense from 1 and the table is in their order, so that a row is found without a search.
constexpr bool in_order() {
  for (std::size_t i = 0; i < kAlgorithms.size(); ++i) {
    if (static_cast<std::size_t>(kAlgorithms[i].algorithm) != i + 1) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::optional<Algorithm> algorithm_named(std::string_view name) {
  const auto found = std::ranges::find(kAlgorithms, name, &AlgorithmRow::name);
  if (found == kAlgorithms.end()) return std::nullopt;
  return found->algorithm;
}

const AlgorithmRow* find_row(Algorithm algorithm) {
  const auto index = static_cast<std::size_t>(algorithm) - 1;
  return index < kAlgorithms.size() ? &kAlgorithms[index] : nullptr;
}

const AlgorithmRow& row(Algorithm algorithm) {
  const AlgorithmRow* found = find_row(algorithm);
  HSM_ASSERT(found != nullptr);
  return *found;
}

Algorithm ml_dsa_algorithm(const KeySpec& spec, MlDsaInput input) {
  const Scheme scheme = input == MlDsaInput::kMu ? Scheme::kMlDsaMu : Scheme::kMlDsa;
  const auto found = std::ranges::find_if(kAlgorithms, [&](const AlgorithmRow& candidate) {
    return candidate.scheme == scheme && candidate.key_bits == spec.bits;
  });
  HSM_ASSERT(spec.type == KeyType::kAkp && found != kAlgorithms.end());
  return found->algorithm;
}

bool suits(const AlgorithmRow& row, const KeySpec& spec, KeyOperation operation) {
  return row.type == spec.type && (row.curve == Curve::kNone || row.curve == spec.curve) &&
         (row.key_bits == 0 || row.key_bits == spec.bits) && row.operations.has(operation);
}

}  // namespace hsm::core
