#pragma once
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "core/key_material.h"
#include "partition/engine/engine.h"

namespace hsm::partition {

// kLoadedKeysMax bounds the keys that a partition keeps ready, about 10 KiB each: the front end sends the wrapped key
// again for one that was dropped.
inline constexpr std::size_t kLoadedKeysMax = 4096;

// KeyCache holds a partition's loaded keys; the one unused for longest is dropped for a new one. Thread-safe.
class KeyCache {
 public:
  explicit KeyCache(std::size_t max = kLoadedKeysMax) : max_(max) {}

  // find returns nullptr for a key that is not loaded.
  std::shared_ptr<const LoadedKey> find(const core::KeyId& id);
  void insert(const core::KeyId& id, std::shared_ptr<const LoadedKey> key);
  std::size_t size() const;

 private:
  using Entry = std::pair<core::KeyId, std::shared_ptr<const LoadedKey>>;
  struct Hash {  // an id is a piece of a SHA-256 digest: any of its bytes will do
    std::size_t operator()(const core::KeyId& id) const noexcept {
      std::size_t hash = 0;
      std::memcpy(&hash, id.data(), sizeof hash);
      return hash;
    }
  };

  const std::size_t max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // last used first
  std::unordered_map<core::KeyId, std::list<Entry>::iterator, Hash> by_id_;
};

}  // namespace hsm::partition
