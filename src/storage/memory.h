#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/store.h"
#include "storage/watchers.h"

namespace hsm::storage {

// MemoryStore is a store for tests: a sorted map under one lock. It is "durable" as long as it lives and never answers
// kUnavailable.
class MemoryStore final : public core::Store {
 public:
  Result<std::optional<core::Record>> get(const std::string& path) override;
  Result<std::vector<core::Record>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override;
  Result<core::Revision> commit(core::Transaction transaction) override;
  std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) override;

 private:
  core::Revision revision_of(const std::string& path) const;

  std::mutex mutex_;
  std::map<std::string, core::Record> records_;  // std::string compares by unsigned bytes
  core::Revision revision_ = 0;
  Watchers watchers_;
};

}  // namespace hsm::storage
