#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/sqlite_connection.h"

namespace hsm::storage {

// The store's file is an SQLite database with
//   application_id 'Strg', user_version kSqliteFormat, journal mode WAL
//   records(path BLOB primary key, value BLOB, revision INTEGER)   clustered by path
//   counters(name TEXT primary key, value INTEGER)                 one row: 'revision', that of the last commit
inline constexpr int kSqliteApplicationId = 0x53747267;
inline constexpr int kSqliteFormat = 1;

// SqliteFile is the right to use a store's file: no other process, nor another SqliteFile of this one, has it open.
// Must outlive the connections.
class SqliteFile {
 public:
  // open locks the file and checks that it is ours; an absent one is created, readable by its owner alone, in a folder
  // that must exist. The lock is a second file beside it, FILE-lock, that stays.
  // kUnavailable: someone else has it open, or it can't be created or read. kBadParameter: the folder does not exist,
  // or the file is not a store. kNotSupported: a newer version wrote it. kInternal: it is damaged.
  static Result<SqliteFile> open(const std::string& file);

  Result<SqliteConnection> connect(int cache_kib) const { return SqliteConnection::open(file_, cache_kib); }
  const std::string& name() const { return file_; }

 private:
  class Lock;
  SqliteFile(std::string file, std::shared_ptr<const Lock> lock);

  std::string file_;
  std::shared_ptr<const Lock> lock_;
};

}  // namespace hsm::storage
