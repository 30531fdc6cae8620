#include "storage/sqlite_checkpointer.h"

#include <utility>

#include "base/log.h"

namespace hsm::storage {
namespace {

// Our readers are done in far less; an operator's shell that reads for longer must not hold up commits.
constexpr int kReadersWaitMs = 100;

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(SqliteConnection connection) : connection_(std::move(connection)) {
  sqlite3_busy_timeout(connection_.raw(), kReadersWaitMs);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

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
    checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  }
}

bool SqliteCheckpointer::restart_log() {
  return checkpoint(SQLITE_CHECKPOINT_RESTART);
}

bool SqliteCheckpointer::checkpoint(int mode) {
  const std::lock_guard lock(connection_mutex_);
  sqlite3* database = connection_.raw();
  const int code = sqlite3_wal_checkpoint_v2(database, nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_OK) log::warn("store checkpoint: {}", connection_.failure().error().detail);
  return code == SQLITE_OK;
}

}  // namespace hsm::storage
