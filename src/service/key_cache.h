#pragma once
#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "core/key_record.h"
#include "core/ports/store.h"

namespace hsm::service {

using KeyPointer = std::shared_ptr<const core::KeyRecord>;

// KeyCache keeps decoded key versions, those of the most recently used keys, so that memory does not grow with the
// number of keys. The store's watch feeds it: what a commit replaced is gone before that commit returns. Thread-safe.
class KeyCache {
 public:
  static constexpr std::size_t kVersionsMax = 16'384;  // of all keys together; about 2.5 KB each

  explicit KeyCache(core::Store& store);

  // find answers from memory alone; nullptr if it isn't there. Without a version: the latest.
  KeyPointer find(const core::KeyName& name, const std::optional<core::KeyVersion>& version);

  // load answers from memory or the store. kKeyNotFound. May block. Soft-deleted keys are not found.
  Result<KeyPointer> load(const core::KeyName& name, const std::optional<core::KeyVersion>& version);

 private:
  // Entry is one key: whatever changes of it, all its versions go together. The latest one is under "", and under its
  // own version if that was asked for.
  struct Entry {
    std::unordered_map<std::string, KeyPointer> versions;
    std::list<std::string>::iterator used;
  };
  struct Shard {
    void keep(const std::string& folded_name, const std::string& version, KeyPointer key);
    void drop(const std::string& folded_name);

    std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;  // by folded name
    std::list<std::string> by_use;                   // folded names, most recent first
    std::size_t versions = 0;                        // of all entries
    std::uint64_t invalidations = 0;  // so that a slow load can't put back what a commit has just replaced
  };
  static constexpr std::size_t kShards = 16;

  Shard& shard_of(const std::string& folded_name);
  void forget(const core::Change& change);
  Result<KeyPointer> read(const core::KeyName& name, const std::optional<core::KeyVersion>& version);

  core::Store& store_;
  std::array<Shard, kShards> shards_;
  std::unique_ptr<core::Store::Watch> heads_;
  std::unique_ptr<core::Store::Watch> versions_;
};

}  // namespace hsm::service
