#pragma once
#include <algorithm>
#include <array>
#include <string_view>

namespace hsm::core {

// Every api-version that a released client still sends, and the previews (reference/keys-api.md §1.4, admin-api.md
// §1.1), from the oldest to the newest. One behaviour for all of them: newer fields are additive, and answers have them
// whatever was asked for, except where a version is named below.
inline constexpr auto kApiVersions = std::to_array<std::string_view>({
    "7.0",
    "7.1",
    "7.2-preview",
    "7.2",
    "7.3-preview",
    "7.3",
    "7.4-preview.1",
    "7.4",
    "7.5-preview.1",
    "7.5",
    "7.6-preview.1",
    "7.6-preview.2",
    "7.6",
    "2025-06-01-preview",
    "2025-07-01",
    "2026-01-01-preview",
    "2026-03-01-preview",
    "2026-04-01",
    "2026-05-01-preview",
    "2026-07-01-preview",
});

constexpr bool known_api_version(std::string_view version) {
  return std::ranges::find(kApiVersions, version) != kApiVersions.end();
}

// from_api_version tells whether `version` is `first` or a later one. A version that isn't known is older than all.
constexpr bool from_api_version(std::string_view version, std::string_view first) {
  const auto since = std::ranges::find(kApiVersions, first);
  return std::find(since, kApiVersions.end(), version) != kApiVersions.end();
}

// kKeySizeApiVersion is the first version that shows how large symmetric keys are (reference/keys-api.md §2.3).
inline constexpr std::string_view kKeySizeApiVersion = "2026-01-01-preview";
static_assert(known_api_version(kKeySizeApiVersion));

}  // namespace hsm::core
