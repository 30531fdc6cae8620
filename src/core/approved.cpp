#include "core/approved.h"

#include <algorithm>

namespace hsm::core {

bool approved(const KeySpec& spec) {
  if (!valid(spec)) return false;
  switch (spec.type) {
    case KeyType::kRsa:
    case KeyType::kOct:
    case KeyType::kAkp:
      return true;
    case KeyType::kEc:
      return spec.curve == Curve::kP256 || spec.curve == Curve::kP384 || spec.curve == Curve::kP521;
    case KeyType::kOkp:
      return false;
  }
  return false;
}

bool approved(const AlgorithmRow& row, KeyOperation operation) {
  const auto found = std::ranges::find(kApproved, row.scheme, &ApprovedRow::scheme);
  return found != kApproved.end() && found->operations.has(operation) && row.curve != Curve::kP256K;
}

}  // namespace hsm::core
