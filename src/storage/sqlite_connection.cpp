#include "storage/sqlite_connection.h"

#include <fmt/format.h>

#include <utility>

namespace hsm::storage {
namespace {

// How long a statement waits for a lock. Only an operator's sqlite3 shell can hold one for longer than milliseconds.
constexpr int kLockWaitMs = 5000;

bool is_damage(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

std::unexpected<Error> failure_of(const std::string& file, int code, const char* said) {
  if (is_damage(code)) {
    return fail(Errc::kInternal, "the store is damaged",
                fmt::format("{}: {} (SQLite {}). Stop the service, then restore the file from a backup, or save what "
                            "can still be read with: sqlite3 FILE .recover",
                            file, said, code));
  }
  return fail(Errc::kUnavailable, "the store can't be read or written",
              fmt::format("{}: {} (SQLite {}). Check the disk's free room, its health and the file's rights", file,
                          said, code));
}

}  // namespace

Result<SqliteConnection> SqliteConnection::open(const std::string& file, int cache_kib) {
  sqlite3* database = nullptr;
  // No mutex: each connection has one user at a time.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  SqliteConnection connection(file, database);  // closes it on failure too, as SQLite asks for
  if (code != SQLITE_OK) return failure_of(file, code, sqlite3_errstr(code));
  sqlite3_busy_timeout(database, kLockWaitMs);
  // A schema that someone else wrote runs nothing, and damage inside a page is noticed when the page is read.
  HSM_CHECK(connection.execute("PRAGMA trusted_schema = OFF"));
  HSM_CHECK(connection.execute("PRAGMA cell_size_check = ON"));
  HSM_CHECK(connection.execute(fmt::format("PRAGMA cache_size = -{}", cache_kib).c_str()));
  return connection;
}

Status SqliteConnection::execute(const char* sql) {
  if (sqlite3_exec(raw(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

Result<std::int64_t> SqliteConnection::read_number(const char* sql) {
  HSM_TRY(const auto statement, SqliteStatement::prepare(*this, sql));
  SqliteQuery query(*this, statement);
  HSM_TRY(const bool found, query.next());
  return found ? static_cast<std::int64_t>(query.number(0)) : 0;
}

std::unexpected<Error> SqliteConnection::failure() const {
  return failure_of(file_, sqlite3_extended_errcode(raw()), sqlite3_errmsg(raw()));
}

Result<SqliteStatement> SqliteStatement::prepare(const SqliteConnection& connection, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(connection.raw(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return connection.failure();
  }
  return SqliteStatement(statement);
}

SqliteQuery::SqliteQuery(const SqliteConnection& connection, const SqliteStatement& statement)
    : connection_(connection), statement_(statement.statement_.get()) {}

SqliteQuery::~SqliteQuery() {
  sqlite3_reset(statement_);  // repeats the error that next has told
  sqlite3_clear_bindings(statement_);
}

SqliteQuery& SqliteQuery::bind(ByteView blob) {
  // A null pointer would bind NULL, which is not the same as no bytes.
  const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
  if (sqlite3_bind_blob64(statement_, ++bound_, data, blob.size(), SQLITE_STATIC) != SQLITE_OK) bind_failed_ = true;
  return *this;
}

SqliteQuery& SqliteQuery::bind(std::uint64_t number) {
  if (sqlite3_bind_int64(statement_, ++bound_, static_cast<sqlite3_int64>(number)) != SQLITE_OK) bind_failed_ = true;
  return *this;
}

Result<bool> SqliteQuery::next() {
  if (bind_failed_) return connection_.failure();
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return connection_.failure();
  }
}

Status SqliteQuery::run() {
  HSM_TRY([[maybe_unused]] const bool row, next());
  return {};
}

ByteView SqliteQuery::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::uint64_t SqliteQuery::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}

}  // namespace hsm::storage
