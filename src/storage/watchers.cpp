#include "storage/watchers.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace hsm::storage {

struct Watchers::Registry {
  struct Entry {
    std::string prefix;
    core::Store::WatchCallback callback;
  };
  std::mutex mutex;  // held while callbacks run, so that a dropped handle's callback is never running
  std::uint64_t next_id = 1;
  std::map<std::uint64_t, Entry> entries;
};

class Watchers::Handle final : public core::Store::Watch {
 public:
  Handle(std::shared_ptr<Registry> registry, std::uint64_t id) : registry_(std::move(registry)), id_(id) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() override {
    const std::lock_guard lock(registry_->mutex);
    registry_->entries.erase(id_);
  }

 private:
  std::shared_ptr<Registry> registry_;
  std::uint64_t id_;
};

Watchers::Watchers() : registry_(std::make_shared<Registry>()) {}

std::unique_ptr<core::Store::Watch> Watchers::add(std::string prefix, core::Store::WatchCallback callback) {
  const std::lock_guard lock(registry_->mutex);
  const auto id = registry_->next_id++;
  registry_->entries.emplace(id, Registry::Entry{std::move(prefix), std::move(callback)});
  return std::make_unique<Handle>(registry_, id);
}

void Watchers::notify(const core::Change& change) {
  const std::lock_guard lock(registry_->mutex);
  for (const auto& [id, entry] : registry_->entries) {
    if (change.path.starts_with(entry.prefix)) entry.callback(change);
  }
}

}  // namespace hsm::storage
