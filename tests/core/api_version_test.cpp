#include "core/api_version.h"

#include <gtest/gtest.h>

namespace hsm::core {
namespace {

TEST(ApiVersion, IsFromAnotherOnIfItIsThatOrStandsAfterIt) {
  EXPECT_TRUE(from_api_version("2026-01-01-preview", "2026-01-01-preview"));
  EXPECT_TRUE(from_api_version("2026-07-01-preview", "2026-01-01-preview"));
  EXPECT_FALSE(from_api_version("2025-07-01", "2026-01-01-preview"));
  EXPECT_FALSE(from_api_version("7.6", "2026-01-01-preview"));
  EXPECT_TRUE(from_api_version("2025-07-01", "7.6"));
}

TEST(ApiVersion, ThatIsNotKnownIsFromNone) {
  for (const std::string_view version : {"", "9999-01-01", "2026-01-01"}) {
    EXPECT_FALSE(from_api_version(version, kApiVersions.front())) << version;
  }
}

}  // namespace
}  // namespace hsm::core
