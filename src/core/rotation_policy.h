#pragma once
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "core/duration.h"

namespace hsm::core {

// RotationTrigger says from where the time of an automatic rotation is counted.
enum class RotationTrigger : std::uint8_t { kAfterCreate = 0, kBeforeExpiry = 1 };  // stored

struct Rotation {
  RotationTrigger trigger = RotationTrigger::kAfterCreate;
  Duration time;
  friend bool operator==(const Rotation&, const Rotation&) = default;
};

// RotationPolicy says when a key gets a new version by itself, and how long each new version is valid
// (reference/keys-api.md §6). One without a member is none, see `empty`.
struct RotationPolicy {
  std::optional<Duration> expiry_time;  // of new versions, from their creation
  std::optional<Rotation> rotation;     // none: on demand alone
  std::int64_t created = 0;             // UNIX seconds
  std::int64_t updated = 0;

  bool empty() const { return !expiry_time && !rotation; }
  friend bool operator==(const RotationPolicy&, const RotationPolicy&) = default;
};

// The shortest time between two versions, and the shortest life of one (reference/keys-api.md §6).
inline constexpr std::int64_t kRotationDaysMin = 28;

// check: kBadParameter when a time is too short, or does not leave a version kRotationDaysMin before it is replaced.
Status check(const RotationPolicy& policy);

// rotation_due is the moment (UNIX seconds) at which a key rotates by itself, given its latest version; none if never:
// time before expiry needs an expiry.
std::optional<std::int64_t> rotation_due(const RotationPolicy& policy, std::int64_t created,
                                         const std::optional<std::int64_t>& expires);

}  // namespace hsm::core
