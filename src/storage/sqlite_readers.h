#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/store.h"
#include "storage/sqlite_file.h"

namespace hsm::storage {

// Reads at the same time; one more waits. Each costs up to kReaderCacheKib of memory, opened when first needed.
inline constexpr std::size_t kReadersMax = 8;
inline constexpr int kReaderCacheKib = 2048;

// SqliteReaders answers reads from a pool of connections. A write-ahead log lets them read the last commit while the
// next is written, so neither waits for the other. Thread-safe.
class SqliteReaders {
 public:
  explicit SqliteReaders(const SqliteFile& file);
  ~SqliteReaders();

  Result<std::optional<core::Record>> get(const std::string& path);
  Result<std::vector<core::Record>> list(const std::string& prefix, const std::string& after, std::size_t limit);

 private:
  struct Reader;
  class Lease;
  Result<std::unique_ptr<Reader>> open_reader() const;
  Result<Lease> lease();

  const SqliteFile& file_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace hsm::storage
