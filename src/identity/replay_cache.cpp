#include "identity/replay_cache.h"

namespace hsm::identity {

bool ReplayCache::admit(std::string_view id, TimePoint expires, TimePoint now) {
  const std::lock_guard lock(mutex_);
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
    ids_.erase(by_expiry_.begin()->second);
    by_expiry_.erase(by_expiry_.begin());
  }
  if (ids_.size() >= capacity_) return false;
  if (!ids_.emplace(id).second) return false;
  by_expiry_.emplace(expires, id);
  return true;
}

std::size_t ReplayCache::size() const {
  const std::lock_guard lock(mutex_);
  return ids_.size();
}

}  // namespace hsm::identity
