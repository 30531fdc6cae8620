#include "identity/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/fd.h"

namespace hsm::identity {
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

// The content goes to a file beside it first; link then gives it its name and fails if that is taken.
Result<bool> create_private_file(const std::string& path, const SecretBytes& content) {
  std::string temporary = path + ".XXXXXX";
  const Fd file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!file.valid()) return failed("can't create", temporary);
  bool ok = write_all(file.get(), content.reveal()) && ::fsync(file.get()) == 0;
  const bool linked = ok && ::link(temporary.c_str(), path.c_str()) == 0;
  const int link_error = errno;
  ok = ok && (linked || link_error == EEXIST);
  ::unlink(temporary.c_str());
  errno = link_error;
  if (!ok || (linked && !sync_folder(path))) return failed("can't write", path);
  return linked;
}

}  // namespace hsm::identity
