#include "storage/sqlite.h"

#include <utility>

#include "storage/sqlite_file.h"
#include "storage/sqlite_readers.h"
#include "storage/sqlite_writer.h"

namespace hsm::storage {

SqliteStore::SqliteStore() = default;
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& file) {
  HSM_TRY(auto opened, SqliteFile::open(file));
  std::unique_ptr<SqliteStore> store(new SqliteStore);
  store->file_ = std::make_unique<SqliteFile>(std::move(opened));
  store->readers_ = std::make_unique<SqliteReaders>(*store->file_);
  HSM_TRY(store->writer_, SqliteWriter::open(*store->file_, store->watchers_));
  return store;
}

Result<std::optional<core::Record>> SqliteStore::get(const std::string& path) {
  return readers_->get(path);
}

Result<std::vector<core::Record>> SqliteStore::list(const std::string& prefix, const std::string& after,
                                                    std::size_t limit) {
  return readers_->list(prefix, after, limit);
}

Result<core::Revision> SqliteStore::commit(core::Transaction transaction) {
  return writer_->commit(std::move(transaction));
}

std::unique_ptr<core::Store::Watch> SqliteStore::watch(const std::string& prefix, WatchCallback callback) {
  return watchers_.add(prefix, std::move(callback));
}

SqliteStore::Counts SqliteStore::counts() const {
  const auto counts = writer_->counts();
  return {counts.transactions, counts.groups};
}

}  // namespace hsm::storage
