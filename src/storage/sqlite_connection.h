#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::storage {

// SqliteConnection owns one connection to a database file. Used by one thread at a time.
// Every failure is told in two ways: kInternal if the file is damaged, kUnavailable for all else (no room, no rights,
// input/output errors). The error's detail names the file, says what SQLite said and what an operator can do.
class SqliteConnection {
 public:
  // open connects to an existing file. `cache_kib` bounds the connection's page cache.
  static Result<SqliteConnection> open(const std::string& file, int cache_kib);

  Status execute(const char* sql);                    // SQL without results
  Result<std::int64_t> read_number(const char* sql);  // the first column of the first row; 0 if there is no row
  std::unexpected<Error> failure() const;             // of the last call on this connection
  bool in_transaction() const { return sqlite3_get_autocommit(raw()) == 0; }
  sqlite3* raw() const { return database_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  SqliteConnection(std::string file, sqlite3* database) : file_(std::move(file)), database_(database) {}

  std::string file_;
  std::unique_ptr<sqlite3, Closer> database_;
};

// SqliteStatement is SQL made ready once and run many times, each time through a SqliteQuery.
class SqliteStatement {
 public:
  static Result<SqliteStatement> prepare(const SqliteConnection& connection, const char* sql);

 private:
  friend class SqliteQuery;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

// SqliteQuery is one run of a statement: bind 1, 2, …, then call next until it says false. Its end makes the statement
// ready for the next run and ends the read transaction. What is bound must live as long as the query.
class SqliteQuery {
 public:
  SqliteQuery(const SqliteConnection& connection, const SqliteStatement& statement);
  SqliteQuery(const SqliteQuery&) = delete;
  SqliteQuery& operator=(const SqliteQuery&) = delete;
  ~SqliteQuery();

  SqliteQuery& bind(ByteView blob);
  SqliteQuery& bind(std::string_view path) { return bind(bytes_of(path)); }
  SqliteQuery& bind(std::uint64_t number);

  Result<bool> next();  // true: a row is there
  Status run();         // for statements without rows

  ByteView blob(int column) const;  // valid until next
  std::uint64_t number(int column) const;

 private:
  const SqliteConnection& connection_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  bool bind_failed_ = false;
};

}  // namespace hsm::storage
