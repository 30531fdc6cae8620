#include "storage/sqlite_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace hsm::storage {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr int kCheckCacheKib = 256;
// Records are about 2 KB. SQLite keeps a row whole in its page up to a quarter of the page, and beyond that in extra
// pages, each a read of its own (https://sqlite.org/fileformat2.html §1.6). With 4 KiB most rows are broken and reads
// take twice the time; 16 KiB doubles what each commit writes.
constexpr int kPageBytes = 8192;

std::unexpected<Error> system_failure(const std::string& what, int error) {
  return fail(Errc::kUnavailable, fmt::format("{}: {}", what, std::generic_category().message(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

// make_name_durable syncs the folder, without which a power cut could lose a new file with all that is in it.
Status make_name_durable(const std::string& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok() || ::fsync(fd.get()) != 0) return system_failure("can't sync the folder " + folder, errno);
  return {};
}

// create_if_absent makes the file itself, since SQLite would give it the umask's mode.
Status create_if_absent(const std::string& file) {
  const Descriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly));
  if (fd.ok()) return make_name_durable(std::filesystem::path(file).parent_path().string());
  if (errno != EEXIST) return system_failure("can't create the store's file " + file, errno);
  struct stat status{};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077U) != 0) {
    log::warn("the store's file {} can be opened by other users; chmod 600 is advised", file);
  }
  return {};
}

// check_kind tells another kind of file from a damaged store, which SQLite does not.
Status check_kind(const std::string& file) {
  static constexpr std::string_view kMagic("SQLite format 3\0", 16);  // https://sqlite.org/fileformat2.html §1.3
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return system_failure("can't open the store's file " + file, errno);
  std::array<char, kMagic.size()> start{};
  const ssize_t size = ::read(fd.get(), start.data(), start.size());
  if (size < 0) return system_failure("can't read the store's file " + file, errno);
  const bool is_new = size == 0;
  if (!is_new && std::string_view(start.data(), static_cast<std::size_t>(size)) != kMagic) {
    return fail(Errc::kBadParameter, file + " is not a Strongroom store, or its beginning is damaged");
  }
  return {};
}

Status create_tables(SqliteConnection& connection) {
  // One transaction: a process killed within leaves a file that still counts as new.
  const auto sql = fmt::format(
      "BEGIN IMMEDIATE;"
      "CREATE TABLE records(path BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL)"
      " WITHOUT ROWID;"
      "CREATE TABLE counters(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
      "INSERT INTO counters VALUES('revision', 0);"
      "PRAGMA application_id = {};"
      "PRAGMA user_version = {};"
      "COMMIT",
      kSqliteApplicationId, kSqliteFormat);
  return connection.execute(sql.c_str());
}

Status check_format(SqliteConnection& connection, const std::string& file) {
  HSM_TRY(const auto application, connection.read_number("PRAGMA application_id"));
  HSM_TRY(const auto version, connection.read_number("PRAGMA user_version"));
  HSM_TRY(const auto tables, connection.read_number("SELECT count(*) FROM sqlite_schema"));
  if (application == 0 && version == 0 && tables == 0) {  // new, or killed while it was
    HSM_CHECK(connection.execute(fmt::format("PRAGMA page_size = {}", kPageBytes).c_str()));
    HSM_CHECK(connection.execute("PRAGMA journal_mode = WAL"));
    return create_tables(connection);
  }
  if (application != kSqliteApplicationId) return fail(Errc::kBadParameter, file + " is not a Strongroom store");
  if (version != kSqliteFormat) {
    return fail(Errc::kNotSupported, fmt::format("{} has format {}; this version of Strongroom reads format {}", file,
                                                 version, kSqliteFormat));
  }
  return connection.execute("PRAGMA journal_mode = WAL");
}

}  // namespace

// A file of its own, because closing any descriptor of the database file would drop SQLite's locks on it (POSIX record
// locks belong to the process, https://sqlite.org/howtocorrupt.html §2.2).
class SqliteFile::Lock {
 public:
  static Result<std::shared_ptr<const Lock>> take(const std::string& file) {
    const std::string name = file + "-lock";
    auto lock = std::make_shared<Lock>(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
    if (!lock->fd_.ok()) return system_failure("can't create the store's lock " + name, errno);
    if (::flock(lock->fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return system_failure("can't lock " + name, errno);
      return fail(Errc::kUnavailable, file + " is in use: a store is opened by one process at a time");
    }
    return lock;
  }
  explicit Lock(int fd) : fd_(fd) {}

 private:
  Descriptor fd_;
};

SqliteFile::SqliteFile(std::string file, std::shared_ptr<const Lock> lock)
    : file_(std::move(file)), lock_(std::move(lock)) {}

Result<SqliteFile> SqliteFile::open(const std::string& file) {
  std::error_code ignored;
  const auto path = std::filesystem::absolute(file, ignored);  // also keeps SQLite's own names (":memory:") out
  if (!std::filesystem::is_directory(path.parent_path(), ignored)) {
    return fail(Errc::kBadParameter, "the store's folder does not exist: " + path.parent_path().string());
  }
  HSM_TRY(auto lock, Lock::take(path.string()));
  HSM_CHECK(create_if_absent(path.string()));
  HSM_CHECK(check_kind(path.string()));
  HSM_TRY(auto connection, SqliteConnection::open(path.string(), kCheckCacheKib));
  HSM_CHECK(check_format(connection, path.string()));
  return SqliteFile(path.string(), std::move(lock));
}

}  // namespace hsm::storage
