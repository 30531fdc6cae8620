#include "base/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/fd.h"

namespace hsm {
namespace {

std::unexpected<Error> failed(const std::string& what, const std::string& path) {
  return fail(Errc::kUnavailable, what + " " + path + ": " + std::strerror(errno));
}

bool write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_all(int fd, std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = ::read(fd, out.data(), out.size());
    if (got == 0 || (got < 0 && errno != EINTR)) return false;
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool sync_folder(const std::string& path) {
  const Fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.valid() && ::fsync(folder.get()) == 0;
}

// Draft is the complete content under a name of its own, with mode 0600, on stable storage. The name goes with it.
class Draft {
 public:
  static Result<Draft> write(const std::string& path, const SecretBytes& content) {
    std::string name = path + ".XXXXXX";
    const Fd file(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
    if (!file.valid()) return failed("can't create", name);
    Draft draft(std::move(name));
    if (!write_all(file.get(), content.reveal()) || ::fsync(file.get()) != 0) return failed("can't write", draft.name_);
    return draft;
  }
  Draft(Draft&& other) noexcept : name_(std::exchange(other.name_, {})) {}
  Draft& operator=(Draft&&) = delete;
  ~Draft() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  const std::string& name() const { return name_; }

 private:
  explicit Draft(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

}  // namespace

Result<std::optional<SecretBytes>> read_private_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return failed("can't open", path);
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failed("can't read", path);
  if (!S_ISREG(status.st_mode)) return fail(Errc::kUnavailable, path + " is not a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(Errc::kUnavailable, path + " may be used by others; set its mode to 0600");
  }
  if (static_cast<std::size_t>(status.st_size) > kPrivateFileBytesMax) {
    return fail(Errc::kUnavailable, path + " is too large");
  }
  SecretBytes content(static_cast<std::size_t>(status.st_size));
  if (!read_all(file.get(), content.writable())) return failed("can't read", path);
  return content;
}

// Both write to a file beside it first. link then gives it its name and fails if that is taken; rename takes the name.
Result<bool> create_private_file(const std::string& path, const SecretBytes& content) {
  HSM_TRY(const Draft draft, Draft::write(path, content));
  if (::link(draft.name().c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return false;
    return failed("can't write", path);
  }
  if (!sync_folder(path)) return failed("can't write", path);
  return true;
}

Status replace_private_file(const std::string& path, const SecretBytes& content) {
  HSM_TRY(const Draft draft, Draft::write(path, content));
  if (::rename(draft.name().c_str(), path.c_str()) != 0 || !sync_folder(path)) return failed("can't write", path);
  return {};
}

}  // namespace hsm
