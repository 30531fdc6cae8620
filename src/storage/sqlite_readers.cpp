#include "storage/sqlite_readers.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace hsm::storage {

using core::Record;

struct SqliteReaders::Reader {
  SqliteConnection connection;
  SqliteStatement get;
  SqliteStatement list;
};

// Lease is a reader for the time of one read; it goes back to the pool by itself.
class SqliteReaders::Lease {
 public:
  Lease(SqliteReaders& pool, std::unique_ptr<Reader> reader) : pool_(&pool), reader_(std::move(reader)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (!reader_) return;
    const std::lock_guard lock(pool_->mutex_);
    pool_->idle_.push_back(std::move(reader_));
    pool_->returned_.notify_one();
  }
  const Reader* operator->() const { return reader_.get(); }

 private:
  SqliteReaders* pool_;
  std::unique_ptr<Reader> reader_;
};

SqliteReaders::SqliteReaders(const SqliteFile& file) : file_(file) {}
SqliteReaders::~SqliteReaders() = default;

Result<std::unique_ptr<SqliteReaders::Reader>> SqliteReaders::open_reader() const {
  HSM_TRY(auto connection, file_.connect(kReaderCacheKib));
  HSM_CHECK(connection.execute("PRAGMA query_only = ON"));
  HSM_TRY(auto get, SqliteStatement::prepare(connection, "SELECT value, revision FROM records WHERE path = ?1"));
  HSM_TRY(auto list, SqliteStatement::prepare(connection,
                                              "SELECT path, value, revision FROM records WHERE path >= ?1 "
                                              "ORDER BY path LIMIT ?2"));
  return std::make_unique<Reader>(std::move(connection), std::move(get), std::move(list));
}

Result<SqliteReaders::Lease> SqliteReaders::lease() {
  {
    std::unique_lock lock(mutex_);
    while (idle_.empty() && open_ == kReadersMax) returned_.wait(lock);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());  // the last one used has the warmest cache
      idle_.pop_back();
      return Lease(*this, std::move(reader));
    }
    ++open_;
  }
  auto reader = open_reader();
  if (reader) return Lease(*this, std::move(*reader));
  const std::lock_guard lock(mutex_);
  --open_;
  returned_.notify_one();
  return std::unexpected(std::move(reader).error());
}

Result<std::optional<Record>> SqliteReaders::get(const std::string& path) {
  HSM_TRY(const auto reader, lease());
  SqliteQuery query(reader->connection, reader->get);
  query.bind(path);
  HSM_TRY(const bool found, query.next());
  if (!found) return std::nullopt;
  return Record{path, copy_of(query.blob(0)), query.number(1)};
}

Result<std::vector<Record>> SqliteReaders::list(const std::string& prefix, const std::string& after,
                                                std::size_t limit) {
  // One scan of a range. Its beginning is the first path that may be listed: the smallest string greater than `after`
  // is `after` and a zero byte. Its end is the first path without the prefix.
  const std::string first = after < prefix ? prefix : after + '\0';
  constexpr std::size_t kLimitMax = std::numeric_limits<std::int64_t>::max();
  HSM_TRY(const auto reader, lease());
  SqliteQuery query(reader->connection, reader->list);
  query.bind(first).bind(std::uint64_t{std::min(limit, kLimitMax)});
  std::vector<Record> page;
  while (true) {
    HSM_TRY(const bool found, query.next());
    if (!found) return page;
    const auto path = text_of(query.blob(0));
    if (!path.starts_with(prefix)) return page;
    page.push_back(Record{std::string(path), copy_of(query.blob(1)), query.number(2)});
  }
}

}  // namespace hsm::storage
