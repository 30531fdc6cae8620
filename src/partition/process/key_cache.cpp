#include "partition/process/key_cache.h"

namespace hsm::partition {

std::shared_ptr<const LoadedKey> KeyCache::find(const core::KeyId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->second;
}

void KeyCache::insert(const core::KeyId& id, std::shared_ptr<const LoadedKey> key) {
  std::shared_ptr<const LoadedKey> dropped;  // freed after the lock
  const std::lock_guard lock(mutex_);
  if (by_id_.contains(id)) return;  // another thread was first
  entries_.emplace_front(id, std::move(key));
  by_id_.emplace(id, entries_.begin());
  if (entries_.size() <= max_) return;
  dropped = std::move(entries_.back().second);
  by_id_.erase(entries_.back().first);
  entries_.pop_back();
}

std::size_t KeyCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace hsm::partition
