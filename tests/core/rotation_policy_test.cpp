#include "core/rotation_policy.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

constexpr auto kAfterCreate = RotationTrigger::kAfterCreate;
constexpr auto kBeforeExpiry = RotationTrigger::kBeforeExpiry;

RotationPolicy policy(RotationTrigger trigger, const char* time, const char* expiry = nullptr) {
  RotationPolicy made;
  made.rotation = Rotation{trigger, Duration::parse(time).value()};
  if (expiry != nullptr) made.expiry_time = Duration::parse(expiry).value();
  return made;
}

struct Row {
  RotationTrigger trigger;
  const char* time;
  const char* expiry;
  bool valid;
};

// reference/keys-api.md §6: at least 28 days for each, and 28 days of use before a rotation that counts from the end.
TEST(RotationPolicy, KeepsToTheLimitsOfTheService) {
  constexpr Row kRows[] = {
      {kAfterCreate, "P28D", nullptr, true},   {kAfterCreate, "P27D", nullptr, false},
      {kAfterCreate, "P1M", nullptr, true},    {kAfterCreate, "PT671H", nullptr, false},
      {kAfterCreate, "PT672H", nullptr, true}, {kAfterCreate, "P18M", "P2Y", true},
      {kAfterCreate, "P100Y", nullptr, true},  {kAfterCreate, "P30D", "P27D", false},
      {kAfterCreate, "P0D", nullptr, false},   {kBeforeExpiry, "P28D", "P56D", true},
      {kBeforeExpiry, "P29D", "P56D", false},  {kBeforeExpiry, "P30D", "P90D", true},
      {kBeforeExpiry, "P30D", "P60D", true},   {kBeforeExpiry, "P1D", "P29D", true},
      {kBeforeExpiry, "P30D", nullptr, false}, {kBeforeExpiry, "P1Y", "P1Y", false},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(check(policy(row.trigger, row.time, row.expiry)).has_value(), row.valid)
        << row.time << " of " << (row.expiry != nullptr ? row.expiry : "ever");
  }
}

TEST(RotationPolicy, AnExpiryAloneIsAPolicyWithoutADate) {
  RotationPolicy expiry_only;
  EXPECT_TRUE(expiry_only.empty());
  expiry_only.expiry_time = Duration::parse("P28D").value();
  EXPECT_FALSE(expiry_only.empty());
  EXPECT_TRUE(check(expiry_only));
  EXPECT_EQ(rotation_due(expiry_only, 0, 1), std::nullopt);
}

TEST(RotationPolicy, IsDueSoLongAfterCreationOrBeforeExpiry) {
  EXPECT_EQ(rotation_due(policy(kAfterCreate, "P30D"), 1'000, std::nullopt), 1'000 + 30 * kSecondsADay);
  const RotationPolicy before = policy(kBeforeExpiry, "P30D", "P90D");
  EXPECT_EQ(rotation_due(before, 1'000, 90 * kSecondsADay), 60 * kSecondsADay);
  EXPECT_EQ(rotation_due(before, 1'000, std::nullopt), std::nullopt) << "a key that never expires";
}

}  // namespace
}  // namespace hsm::core
