#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hsm::identity {

// What Entra ID writes into tokens for the real service (reference/identity.md §3): the resource's URI, or the
// application's id in v2 tokens. A deployment accepts both beside its own resource.
inline constexpr std::string_view kManagedHsmAudience = "https://managedhsm.azure.net";
inline constexpr std::string_view kManagedHsmApplicationId = "589d5083-6f11-4d30-a62a-a4b316a14abf";

// AudienceSet is what `aud` may be. Spellings that mean the same resource are equal: scheme and host in any case, with
// or without port, with or without a slash at the end (reference/clients.md §2.1 b). Immutable.
class AudienceSet {
 public:
  // `accepted` is not empty; its first is the one that error messages name.
  explicit AudienceSet(std::span<const std::string> accepted);
  bool contains(std::string_view audience) const;
  const std::string& primary() const { return primary_; }

 private:
  std::string primary_;
  std::vector<std::string> accepted_;  // normalised; a handful, so a walk is fastest
};

// normalised_audience is the spelling that AudienceSet compares.
std::string normalised_audience(std::string_view audience);

}  // namespace hsm::identity
