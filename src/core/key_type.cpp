#include "core/key_type.h"

#include <algorithm>
#include <span>

#include "base/assert.h"

namespace hsm::core {

namespace {

bool is_one_of(std::span<const CurveRow> curves, Curve curve) {
  return std::ranges::find(curves, curve, &CurveRow::curve) != curves.end();
}

std::optional<Curve> named(std::span<const CurveRow> curves, std::string_view name) {
  const auto found = std::ranges::find(curves, name, &CurveRow::name);
  if (found == curves.end()) return std::nullopt;
  return found->curve;
}

}  // namespace

const CurveRow& row(Curve curve) {
  const std::span<const CurveRow> curves =
      is_one_of(kOkpCurves, curve) ? std::span<const CurveRow>(kOkpCurves) : kCurves;
  const auto found = std::ranges::find(curves, curve, &CurveRow::curve);
  HSM_ASSERT(found != curves.end());
  return *found;
}

std::optional<Curve> curve_named(std::string_view name) {
  return named(kCurves, name);
}

std::optional<Curve> okp_curve_named(std::string_view name) {
  return named(kOkpCurves, name);
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

const MlDsaSetRow& ml_dsa_set(std::uint16_t number) {
  const auto found = std::ranges::find(kMlDsaSets, number, &MlDsaSetRow::number);
  HSM_ASSERT(found != kMlDsaSets.end());
  return *found;
}

const MlDsaSetRow* ml_dsa_set_named(std::string_view name) {
  const auto found = std::ranges::find(kMlDsaSets, name, &MlDsaSetRow::name);
  return found == kMlDsaSets.end() ? nullptr : &*found;
}

bool valid(const KeySpec& spec) {
  switch (spec.type) {
    case KeyType::kRsa:
      return spec.curve == Curve::kNone && std::ranges::find(kRsaBits, spec.bits) != kRsaBits.end();
    case KeyType::kEc:
      return spec.bits == 0 && is_one_of(kCurves, spec.curve);
    case KeyType::kOct:
      return spec.curve == Curve::kNone && std::ranges::find(kOctBits, spec.bits) != kOctBits.end();
    case KeyType::kOkp:
      return spec.bits == 0 && is_one_of(kOkpCurves, spec.curve);
    case KeyType::kAkp:
      return spec.curve == Curve::kNone &&
             std::ranges::find(kMlDsaSets, spec.bits, &MlDsaSetRow::number) != kMlDsaSets.end();
  }
  return false;
}

}  // namespace hsm::core
