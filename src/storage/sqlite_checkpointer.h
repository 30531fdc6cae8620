#pragma once
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "storage/sqlite_connection.h"

namespace hsm::storage {

// SqliteCheckpointer moves commits from the write-ahead log into the database file on a thread of its own, so that no
// commit waits for it (in the committing thread it costs 5 to 13 ms now and then: reference/measurements.md §7).
class SqliteCheckpointer {
 public:
  explicit SqliteCheckpointer(SqliteConnection connection);

  // request asks for a checkpoint soon and returns at once. Thread-safe.
  void request();

  // restart_log waits until the whole log has been moved and no reader needs it, so that the next commit writes at its
  // beginning. False if a reader stayed too long. For the committing thread, between transactions.
  bool restart_log();

 private:
  void run(const std::stop_token& stop);
  bool checkpoint(int mode);

  std::mutex connection_mutex_;  // one checkpoint at a time
  SqliteConnection connection_;
  std::mutex mutex_;
  std::condition_variable_any wanted_changed_;
  bool wanted_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace hsm::storage
