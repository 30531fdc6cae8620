#include "partition/process/seal_key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "base/random.h"
#include "partition/domain/sealed_domain.h"

namespace hsm::partition {
namespace {

std::unexpected<Error> unusable(const std::string& path, const std::string& why) {
  return fail(Errc::kUnavailable, "the seal key file " + path + " " + why);
}

Result<SecretBytes> read_key(const std::string& path, const Fd& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return unusable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return unusable(path, "is not a regular file");
  if (status.st_uid != ::geteuid()) return unusable(path, "belongs to another user; chown it");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return unusable(path, "is open to other users; chmod it to 0600");
  SecretBytes key(kSealKeyBytes);
  if (status.st_size != static_cast<off_t>(key.size()) ||
      ::read(file.get(), key.writable().data(), key.size()) != static_cast<ssize_t>(key.size())) {
    return unusable(path, "does not hold a seal key");
  }
  return key;
}

bool sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.valid() && ::fsync(fd.get()) == 0;
}

// make_key writes a fresh key beside `path` and then gives it that name, unless another process was first.
Status make_key(const std::string& path) {
  const std::string draft = path + "." + std::to_string(::getpid());
  SecretBytes key(kSealKeyBytes);
  SystemRandom().fill(key.writable());
  ::unlink(draft.c_str());  // one that a crash left behind
  const Fd file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!file.valid()) return unusable(path, std::string("cannot be made: ") + std::strerror(errno));
  const bool written = ::write(file.get(), key.reveal().data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                       ::fsync(file.get()) == 0 && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST) &&
                       sync_folder_of(path);
  const int error = errno;
  ::unlink(draft.c_str());
  if (!written) return unusable(path, std::string("cannot be made: ") + std::strerror(error));
  return {};
}

}  // namespace

Result<SecretBytes> open_seal_key(const std::string& path) {
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW;
  Fd file(::open(path.c_str(), kFlags));
  if (!file.valid() && errno == ENOENT) {
    HSM_CHECK(make_key(path));
    file = Fd(::open(path.c_str(), kFlags));
  }
  if (!file.valid()) return unusable(path, std::string("cannot be opened: ") + std::strerror(errno));
  return read_key(path, file);
}

}  // namespace hsm::partition
