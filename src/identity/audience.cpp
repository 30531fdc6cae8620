#include "identity/audience.h"

#include <algorithm>

#include "base/assert.h"
#include "base/text.h"

namespace hsm::identity {
std::string normalised_audience(std::string_view audience) {
  if (audience.ends_with('/')) audience.remove_suffix(1);
  const std::size_t scheme = audience.find("://");
  if (scheme == std::string_view::npos) return to_lower(audience);  // an application id
  const std::size_t host = scheme + 3;
  const std::size_t path = std::min(audience.find('/', host), audience.size());
  std::string_view place = audience.substr(0, path);
  const std::size_t colon = place.find_last_not_of("0123456789");
  if (colon != std::string_view::npos && colon > host && place[colon] == ':') place = place.substr(0, colon);
  return to_lower(place).append(audience.substr(path));  // paths keep their case
}

AudienceSet::AudienceSet(std::span<const std::string> accepted) {
  HSM_ASSERT(!accepted.empty());
  primary_ = accepted.front();
  for (const std::string& audience : accepted) accepted_.push_back(normalised_audience(audience));
}

bool AudienceSet::contains(std::string_view audience) const {
  return std::ranges::find(accepted_, normalised_audience(audience)) != accepted_.end();
}

}  // namespace hsm::identity
