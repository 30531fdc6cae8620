#include "storage/sqlite_writer.h"

#include <algorithm>
#include <utility>

namespace hsm::storage {

using core::Change;
using core::Record;
using core::Revision;
using core::Transaction;

namespace {

std::size_t bytes_in(const Transaction& transaction) {
  std::size_t bytes = 0;
  for (const auto& expectation : transaction.expectations) bytes += expectation.path.size();
  for (const auto& put : transaction.puts) bytes += put.path.size() + put.value.size();
  for (const auto& path : transaction.deletes) bytes += path.size();
  return bytes;
}

}  // namespace

Result<SqliteWriter::Statements> SqliteWriter::prepare(const SqliteConnection& connection) {
  HSM_TRY(auto revision_of, SqliteStatement::prepare(connection, "SELECT revision FROM records WHERE path = ?1"));
  HSM_TRY(auto put, SqliteStatement::prepare(connection,
                                             "INSERT INTO records(path, value, revision) VALUES(?1, ?2, ?3) "
                                             "ON CONFLICT(path) DO UPDATE SET value = ?2, revision = ?3"));
  HSM_TRY(auto remove, SqliteStatement::prepare(connection, "DELETE FROM records WHERE path = ?1"));
  HSM_TRY(auto count, SqliteStatement::prepare(connection, "UPDATE counters SET value = ?1 WHERE name = 'revision'"));
  return Statements{std::move(revision_of), std::move(put), std::move(remove), std::move(count)};
}

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::open(const SqliteFile& file, Watchers& watchers) {
  HSM_TRY(auto connection, file.connect(kWriterCacheKib));
  HSM_CHECK(connection.execute("PRAGMA synchronous = FULL"));  // a commit returns when the log is on the disk
  HSM_TRY(auto statements, prepare(connection));
  HSM_TRY(const auto revision, connection.read_number("SELECT value FROM counters WHERE name = 'revision'"));
  HSM_TRY(auto for_checkpoints, file.connect(kCheckpointerCacheKib));
  // It syncs the log before it copies, and the file after: with less, a power cut could break the file.
  HSM_CHECK(for_checkpoints.execute("PRAGMA synchronous = FULL"));
  return std::unique_ptr<SqliteWriter>(new SqliteWriter(std::move(connection), std::move(statements),
                                                        std::move(for_checkpoints), static_cast<Revision>(revision),
                                                        watchers));
}

SqliteWriter::SqliteWriter(SqliteConnection connection, Statements statements, SqliteConnection for_checkpoints,
                           Revision revision, Watchers& watchers)
    : connection_(std::move(connection)),
      statements_(std::move(statements)),
      revision_(revision),
      watchers_(watchers),
      checkpointer_(std::move(for_checkpoints)) {
  // The hook replaces SQLite's own checkpoints, which would run inside a commit.
  sqlite3_wal_hook(
      connection_.raw(),
      [](void* writer, sqlite3*, const char*, int pages) {
        static_cast<SqliteWriter*>(writer)->log_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

SqliteWriter::~SqliteWriter() = default;

Result<Revision> SqliteWriter::commit(Transaction transaction) {
  const std::size_t bytes = bytes_in(transaction);
  if (bytes > kTransactionBytesMax) return fail(Errc::kPayloadTooLarge, "too much data in one change");
  Pending pending{std::move(transaction), bytes, {}};
  auto answer = pending.answer.get_future();
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(pending));
    arrived_.notify_one();
  }
  return answer.get();
}

void SqliteWriter::run(const std::stop_token& stop) {
  for (auto group = take_group(stop); !group.empty(); group = take_group(stop)) {
    commit_group(std::move(group));
    bound_log();
  }
}

SqliteWriter::Group SqliteWriter::take_group(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, stop, [this] { return !queue_.empty(); });
  Group group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < kGroupTransactionsMax && bytes < kGroupBytesMax) {
    bytes += queue_.front().bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void SqliteWriter::commit_group(Group group) {
  const auto verdicts = write(group);
  if (!verdicts) {
    // Conflicts too were judged by what has now been rolled back, so nobody's verdict stands.
    if (connection_.in_transaction()) static_cast<void>(connection_.execute("ROLLBACK"));
    for (auto& pending : group) pending.answer.set_value(std::unexpected(verdicts.error()));
    return;
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if ((*verdicts)[i]) tell_watchers(group[i].transaction, *(*verdicts)[i]);
    group[i].answer.set_value((*verdicts)[i]);
  }
}

// write returns each transaction's verdict when the group is durable.
Result<SqliteWriter::Verdicts> SqliteWriter::write(Group& group) {
  HSM_CHECK(connection_.execute("BEGIN IMMEDIATE"));
  Verdicts verdicts;
  Revision revision = revision_;
  for (auto& pending : group) {
    const auto changed = apply(pending.transaction, revision + 1);
    if (!changed && changed.error().code != Errc::kConflict) return std::unexpected(changed.error());
    if (changed && *changed) ++revision;
    verdicts.push_back(changed ? Result<Revision>(revision) : std::unexpected(changed.error()));
  }
  if (revision != revision_) {
    SqliteQuery count(connection_, statements_.count);
    HSM_CHECK(count.bind(revision).run());
  }
  HSM_CHECK(connection_.execute("COMMIT"));
  if (revision != revision_) ++groups_;
  transactions_ += revision - revision_;
  revision_ = revision;
  return verdicts;
}

// apply tells whether it changed anything. It writes nothing if an expectation does not hold, so a conflict needs no
// undoing inside the group.
Result<bool> SqliteWriter::apply(Transaction& transaction, Revision revision) {
  for (const auto& expectation : transaction.expectations) HSM_CHECK(expect(expectation));
  for (const auto& put : transaction.puts) {
    SqliteQuery query(connection_, statements_.put);
    HSM_CHECK(query.bind(put.path).bind(put.value).bind(revision).run());
  }
  std::vector<std::string> deleted;  // deleting what is absent is no news for watchers
  for (auto& path : transaction.deletes) {
    HSM_TRY(const bool existed, remove(path));
    if (existed) deleted.push_back(std::move(path));
  }
  transaction.deletes = std::move(deleted);
  return !transaction.puts.empty() || !transaction.deletes.empty();
}

Status SqliteWriter::expect(const core::Expectation& expectation) {
  SqliteQuery query(connection_, statements_.revision_of);
  query.bind(expectation.path);
  HSM_TRY(const bool found, query.next());
  const Revision actual = found ? query.number(0) : core::kAbsent;
  if (actual != expectation.revision) {
    return fail(Errc::kConflict, "the record was changed by another request", expectation.path);
  }
  return {};
}

Result<bool> SqliteWriter::remove(const std::string& path) {
  SqliteQuery query(connection_, statements_.remove);
  HSM_CHECK(query.bind(path).run());
  return sqlite3_changes(connection_.raw()) > 0;
}

void SqliteWriter::tell_watchers(Transaction& transaction, Revision revision) {
  for (auto& put : transaction.puts) {
    std::string path = put.path;
    Record record{std::move(put.path), std::move(put.value), revision};
    watchers_.notify(Change{std::move(path), std::move(record), revision});
  }
  for (auto& path : transaction.deletes) watchers_.notify(Change{std::move(path), std::nullopt, revision});
}

// bound_log keeps the log short enough to be read back quickly after a crash, and the disk from filling up when commits
// come faster than the checkpointer can follow. After the group's answers, so that only the next group waits.
void SqliteWriter::bound_log() {
  if (log_pages_ < kCheckpointPages) return;
  if (log_pages_ < log_pages_max_) return checkpointer_.request();
  // What a reader held up is tried again later, not after each group.
  log_pages_max_ = checkpointer_.restart_log() ? kLogPagesMax : log_pages_ + kLogPagesMax;
  log_pages_ = 0;
}

}  // namespace hsm::storage
