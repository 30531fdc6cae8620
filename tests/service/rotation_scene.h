#pragma once
#include <optional>
#include <string_view>

#include "core/due_date.h"
#include "core/key_rules.h"
#include "core/rotation_policy.h"
#include "service/due_keys.h"
#include "tests/service/fakes.h"

// What scenes about rotation and due dates have in common.
namespace hsm::service {

inline constexpr std::int64_t kDay = core::kSecondsADay;

inline core::RotationPolicy after_create(const char* time, const char* expiry = nullptr) {
  core::RotationPolicy policy;
  policy.rotation = core::Rotation{core::RotationTrigger::kAfterCreate, core::Duration::parse(time).value()};
  if (expiry != nullptr) policy.expiry_time = core::Duration::parse(expiry).value();
  return policy;
}
inline core::RotationPolicy before_expiry(const char* time, const char* expiry) {
  core::RotationPolicy policy = after_create(time, expiry);
  policy.rotation->trigger = core::RotationTrigger::kBeforeExpiry;
  return policy;
}

inline Result<core::KeyHead> set_policy(World& world, std::string_view name, const core::RotationPolicy& policy,
                                        std::int64_t second = 1'000) {
  Operation operation = an_operation(second);
  return world.keys.set_rotation_policy(named(name), policy, operation);
}
inline Result<core::KeyRecord> rotate(World& world, std::string_view name, std::int64_t second = 2'000) {
  Operation operation = an_operation(second);
  return world.keys.rotate(named(name), operation);
}
inline Result<core::KeyRecord> set_expiry(World& world, std::string_view name, std::int64_t expires,
                                          std::optional<core::KeyVersion> version = {}) {
  Operation operation = an_operation();
  UpdateKey change{.name = named(name), .version = std::move(version), .operations = {}, .attributes = {}, .tags = {}};
  change.attributes.expires = expires;
  return world.keys.update(change, operation);
}
inline Result<DeletedKey> remove(World& world, std::string_view name, std::int64_t second = 5'000) {
  Operation operation = an_operation(second);
  return world.keys.remove(named(name), operation);
}

// tend does what is due at a moment, as a node's background thread does.
inline DueKeys::Done tend(World& world, std::int64_t second) {
  const ManualClock clock(second);
  DueKeys due(world.store, world.keys, clock, world.random, "https://hsm.test");
  return due.run({});
}

inline std::size_t versions(World& world, std::string_view name) {
  return world.keys.list_versions(named(name), "", core::kKeyVersionsMax)->items.size();
}
inline std::size_t due_entries(World& world) {
  return world.store.list(core::kDuePrefix, "", 1'000)->size();
}

}  // namespace hsm::service
