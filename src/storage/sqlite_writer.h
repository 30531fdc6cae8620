#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/ports/store.h"
#include "storage/sqlite_checkpointer.h"
#include "storage/sqlite_file.h"
#include "storage/watchers.h"

namespace hsm::storage {

inline constexpr std::size_t kGroupTransactionsMax = 128;       // grouped into one write to the disk
inline constexpr std::size_t kGroupBytesMax = 8U << 20;         // a group stops growing beyond
inline constexpr std::size_t kTransactionBytesMax = 32U << 20;  // paths and values of one transaction
inline constexpr int kWriterCacheKib = 8192;
inline constexpr int kCheckpointerCacheKib = 512;  // it copies pages and keeps none
inline constexpr int kCheckpointPages = 1000;      // 8 MiB in the log: the checkpointer is asked to shorten it
inline constexpr int kLogPagesMax = 8000;          // 64 MiB: the writer waits until it is short

// SqliteWriter commits transactions on one thread. Those that arrive while the disk is busy make the next group: one
// SQLite transaction, one wait for the disk. Inside a group each is judged by itself, in the order of arrival, so that
// a conflict of one is nothing to the others. Thread-safe.
class SqliteWriter {
 public:
  static Result<std::unique_ptr<SqliteWriter>> open(const SqliteFile& file, Watchers& watchers);
  ~SqliteWriter();  // commits what is waiting

  // commit is Store::commit. kPayloadTooLarge: more than kTransactionBytesMax.
  Result<core::Revision> commit(core::Transaction transaction);

  struct Counts {
    std::uint64_t transactions = 0;  // that changed something
    std::uint64_t groups = 0;        // that they were written in
  };
  Counts counts() const { return {transactions_.load(), groups_.load()}; }

 private:
  struct Statements {
    SqliteStatement revision_of, put, remove, count;
  };
  struct Pending {
    core::Transaction transaction;
    std::size_t bytes = 0;
    std::promise<Result<core::Revision>> answer;
  };
  using Group = std::vector<Pending>;
  using Verdicts = std::vector<Result<core::Revision>>;

  SqliteWriter(SqliteConnection connection, Statements statements, SqliteConnection for_checkpoints,
               core::Revision revision, Watchers& watchers);
  static Result<Statements> prepare(const SqliteConnection& connection);

  void run(const std::stop_token& stop);
  Group take_group(const std::stop_token& stop);  // waits for work; empty at the end
  void commit_group(Group group);
  Result<Verdicts> write(Group& group);
  Result<bool> apply(core::Transaction& transaction, core::Revision revision);
  Status expect(const core::Expectation& expectation);
  Result<bool> remove(const std::string& path);
  void tell_watchers(core::Transaction& transaction, core::Revision revision);
  void bound_log();

  SqliteConnection connection_;
  Statements statements_;
  core::Revision revision_;  // of the last commit; the writer's thread alone uses it
  int log_pages_ = 0;        // after the last commit; likewise
  int log_pages_max_ = kLogPagesMax;
  Watchers& watchers_;
  std::atomic<std::uint64_t> transactions_ = 0;
  std::atomic<std::uint64_t> groups_ = 0;
  SqliteCheckpointer checkpointer_;

  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Pending> queue_;  // bounded by the number of threads that wait in commit
  std::jthread thread_;        // last: it uses the others
};

}  // namespace hsm::storage
