#include "core/key_type.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::core {

const CurveRow& row(Curve curve) {
  const auto found = std::ranges::find(kCurves, curve, &CurveRow::curve);
  HSM_ASSERT(found != kCurves.end());
  return *found;
}

std::optional<Curve> curve_named(std::string_view name) {
  const auto found = std::ranges::find(kCurves, name, &CurveRow::name);
  if (found == kCurves.end()) return std::nullopt;
  return found->curve;
}

std::optional<KeyType> key_type_named(std::string_view requested) {
  const auto found = std::ranges::find(kKeyTypes, requested, &KeyTypeRow::requested);
  if (found == kKeyTypes.end()) return std::nullopt;
  return found->type;
}

std::string_view wire_name(KeyType type) {
  // The last row of a type is its HSM name.
  const auto found = std::ranges::find(kKeyTypes.rbegin(), kKeyTypes.rend(), type, &KeyTypeRow::type);
  HSM_ASSERT(found != kKeyTypes.rend());
  return found->requested;
}

bool valid(const KeySpec& spec) {
  switch (spec.type) {
    case KeyType::kRsa:
      return spec.curve == Curve::kNone && std::ranges::find(kRsaBits, spec.bits) != kRsaBits.end();
    case KeyType::kEc:
      return spec.bits == 0 && std::ranges::find(kCurves, spec.curve, &CurveRow::curve) != kCurves.end();
    case KeyType::kOct:
      return spec.curve == Curve::kNone && std::ranges::find(kOctBits, spec.bits) != kOctBits.end();
  }
  return false;
}

}  // namespace hsm::core
