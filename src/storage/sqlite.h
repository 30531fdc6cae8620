#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/store.h"
#include "storage/watchers.h"

namespace hsm::storage {

class SqliteFile;
class SqliteReaders;
class SqliteWriter;

// SqliteStore is the embedded store: one SQLite file, used by one process at a time. A commit is on the disk when it
// returns (write-ahead log, synchronous FULL); concurrent commits share one wait for the disk; reads never wait for
// commits and see every commit that has returned. Its memory is bounded (8 MiB for the writer, 2 MiB for each of up to
// 8 readers), whatever the number of records: a million is a supported size.
//
// Beside FILE stand FILE-wal and FILE-shm while it is open (copy a live store only with SQLite's own backup command)
// and FILE-lock.
class SqliteStore final : public core::Store {
 public:
  // open opens or creates the store. Its errors are for the operator and name the file:
  // kUnavailable: another process has it open, or it can't be created or read. kBadParameter: its folder does not
  // exist, or the file is something else. kNotSupported: a newer version wrote it. kInternal: it is damaged.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& file);
  ~SqliteStore() override;

  Result<std::optional<core::Record>> get(const std::string& path) override;
  Result<std::vector<core::Record>> list(const std::string& prefix, const std::string& after,
                                         std::size_t limit) override;
  Result<core::Revision> commit(core::Transaction transaction) override;
  std::unique_ptr<Watch> watch(const std::string& prefix, WatchCallback callback) override;

  // How many transactions were committed since it was opened, in how many writes to the disk: for metrics.
  struct Counts {
    std::uint64_t transactions = 0;
    std::uint64_t disk_writes = 0;
  };
  Counts counts() const;

 private:
  SqliteStore();

  Watchers watchers_;
  std::unique_ptr<SqliteFile> file_;  // first: its lock outlives the connections
  std::unique_ptr<SqliteReaders> readers_;
  std::unique_ptr<SqliteWriter> writer_;
};

}  // namespace hsm::storage
