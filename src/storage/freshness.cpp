#include "storage/freshness.h"

namespace hsm::storage {

void Freshness::saw(std::string_view path, const Mark& mark) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_path_.find(path); found != by_path_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    if (mark.revision > found->second->mark.revision) found->second->mark = mark;
    return;
  }
  if (entries_.size() == kFreshnessPathsMax) {
    by_path_.erase(entries_.back().path);
    entries_.pop_back();
  }
  entries_.push_front({std::string(path), mark});
  by_path_.emplace(entries_.front().path, entries_.begin());
}

std::optional<Freshness::Mark> Freshness::newest(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) return std::nullopt;
  return found->second->mark;
}

bool Freshness::follows(const std::optional<Mark>& known, const Mark& value, core::Revision replaced) {
  if (!known) return true;
  if (value.revision < known->revision) return false;
  if (value.revision == known->revision) return value.tag == known->tag;
  return !known->tag || replaced >= known->revision;
}

}  // namespace hsm::storage
