#include <gtest/gtest.h>

#include "control/instance.h"

namespace hsm::control {
namespace {

Result<std::unique_ptr<Instance>> open(InstanceConfig config) {
  const SystemClock clock;
  SystemRandom random;
  // Where nothing can be made: what is accepted fails there.
  config.directory = "/dev/null/instance";
  return Instance::open(std::move(config), clock, random);
}

// reference/keys-api.md §2.3
TEST(InstanceConfig, RetentionIsSevenToNinetyDays) {
  for (const int days : {-1, 0, 6, 91, 3650}) {
    const auto opened = open({.name = "contoso", .retention_days = days});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::kBadParameter) << days;
    EXPECT_TRUE(opened.error().message.contains("retention_days")) << opened.error().message;
  }
  for (const int days : {7, 8, 89, 90}) {
    EXPECT_EQ(open({.name = "contoso", .retention_days = days}).error().code, Errc::kUnavailable) << days;
  }
}

}  // namespace
}  // namespace hsm::control
