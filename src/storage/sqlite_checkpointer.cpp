#include "storage/sqlite_checkpointer.h"

#include <utility>

#include "base/log.h"

namespace hsm::storage {

SqliteCheckpointer::SqliteCheckpointer(SqliteConnection connection)
    : connection_(std::move(connection)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void SqliteCheckpointer::request() {
  const std::lock_guard lock(mutex_);
  wanted_ = true;
  wanted_changed_.notify_one();
}

void SqliteCheckpointer::run(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!wanted_changed_.wait(lock, stop, [this] { return wanted_; })) return;
      wanted_ = false;
    }
    // Passive: it blocks nobody, and what it could not move now is moved the next time.
    if (sqlite3_wal_checkpoint_v2(connection_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
        SQLITE_OK) {
      log::warn("store checkpoint: {}", connection_.failure().error().detail);
    }
  }
}

}  // namespace hsm::storage
