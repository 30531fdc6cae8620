#include "storage/memory.h"

#include <utility>

namespace hsm::storage {

using core::Change;
using core::Record;

Result<std::optional<Record>> MemoryStore::get(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(path);
  if (found == records_.end()) return std::nullopt;
  return found->second;
}

Result<std::vector<Record>> MemoryStore::list(const std::string& prefix, const std::string& after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Record> page;
  auto at = after < prefix ? records_.lower_bound(prefix) : records_.upper_bound(after);
  for (; at != records_.end() && page.size() < limit && at->first.starts_with(prefix); ++at) page.push_back(at->second);
  return page;
}

Result<core::Revision> MemoryStore::commit(core::Transaction transaction) {
  const std::lock_guard lock(mutex_);  // held for the callbacks too: that makes their order the order of commits
  for (const auto& expectation : transaction.expectations) {
    if (revision_of(expectation.path) != expectation.revision) {
      return fail(Errc::kConflict, "the record was changed by another request", expectation.path);
    }
  }
  std::erase_if(transaction.deletes, [this](const std::string& path) { return !records_.contains(path); });
  if (transaction.puts.empty() && transaction.deletes.empty()) return revision_;
  ++revision_;
  for (auto& put : transaction.puts) {
    Record& record = records_[put.path];
    record = Record{std::move(put.path), std::move(put.value), revision_};
    watchers_.notify(Change{record.path, record, revision_});
  }
  for (auto& path : transaction.deletes) {
    records_.erase(path);
    watchers_.notify(Change{std::move(path), std::nullopt, revision_});
  }
  return revision_;
}

std::unique_ptr<core::Store::Watch> MemoryStore::watch(const std::string& prefix, WatchCallback callback) {
  return watchers_.add(prefix, std::move(callback));
}

core::Revision MemoryStore::revision_of(const std::string& path) const {
  const auto found = records_.find(path);
  return found == records_.end() ? core::kAbsent : found->second.revision;
}

}  // namespace hsm::storage
