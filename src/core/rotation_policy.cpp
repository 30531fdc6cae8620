#include "core/rotation_policy.h"

#include <fmt/format.h>

namespace hsm::core {
namespace {

constexpr std::int64_t kSecondsMin = kRotationDaysMin * kSecondsADay;

Status check_at_least_minimum(const Duration& duration, std::string_view what) {
  if (duration.nominal_seconds() >= kSecondsMin) return {};
  return fail(Errc::kBadParameter, fmt::format("'{}' must be at least {} days.", what, kRotationDaysMin));
}

}  // namespace

Status check(const RotationPolicy& policy) {
  if (policy.expiry_time) HSM_CHECK(check_at_least_minimum(*policy.expiry_time, "expiryTime"));
  if (!policy.rotation) return {};
  const Duration& time = policy.rotation->time;
  if (policy.rotation->trigger == RotationTrigger::kAfterCreate) return check_at_least_minimum(time, "timeAfterCreate");
  if (!policy.expiry_time) {
    return fail(Errc::kBadParameter, "'timeBeforeExpiry' needs an 'expiryTime', which says when new versions expire.");
  }
  if (time.nominal_seconds() <= policy.expiry_time->nominal_seconds() - kSecondsMin) return {};
  return fail(
      Errc::kBadParameter,
      fmt::format("'timeBeforeExpiry' must be shorter than 'expiryTime' by at least {} days.", kRotationDaysMin));
}

std::optional<std::int64_t> rotation_due(const RotationPolicy& policy, std::int64_t created,
                                         const std::optional<std::int64_t>& expires) {
  if (!policy.rotation) return std::nullopt;
  const Duration& time = policy.rotation->time;
  if (policy.rotation->trigger == RotationTrigger::kAfterCreate) return time.after(created);
  if (!expires) return std::nullopt;
  return time.before(*expires);
}

}  // namespace hsm::core
