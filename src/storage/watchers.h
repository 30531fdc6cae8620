#pragma once
#include <memory>
#include <string>

#include "core/ports/store.h"

namespace hsm::storage {

// Watchers keeps the watch callbacks of one store and calls them. Thread-safe. Callbacks run one at a time, on the
// thread that calls notify. Dropping a handle waits for a running callback and promises that none follows, so it must
// not be done inside a callback, nor under a lock that a callback takes. A handle may outlive the store.
class Watchers {
 public:
  Watchers();
  std::unique_ptr<core::Store::Watch> add(std::string prefix, core::Store::WatchCallback callback);

  // notify tells each watcher of the change's path, in the order in which they were added. The store calls it in commit
  // order and before it answers the commit.
  void notify(const core::Change& change);

 private:
  struct Registry;
  class Handle;
  std::shared_ptr<Registry> registry_;
};

}  // namespace hsm::storage
