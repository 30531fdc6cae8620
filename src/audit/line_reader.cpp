#include "audit/line_reader.h"

#include <fcntl.h>

#include "audit/disk.h"
#include "audit/line.h"

namespace hsm::audit {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

}  // namespace

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return disk_failed("opening", path);
  return LineReader(std::move(file));
}

Result<std::optional<LineReader::Text>> LineReader::next() {
  std::size_t searched = at_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      const Text line{std::string_view(buffer_).substr(at_, end - at_), buffer_offset_ + at_, true};
      at_ = end + 1;
      return line;
    }
    searched = buffer_.size() - at_;  // fill moves the unread part to the front
    const bool too_long = searched > kLineBytesMax;
    HSM_TRY(const bool more, too_long ? Result<bool>(false) : fill());
    if (more) continue;
    if (at_ == buffer_.size()) return std::nullopt;
    const Text rest{std::string_view(buffer_).substr(at_), buffer_offset_ + at_, false};
    at_ = buffer_.size();
    ended_ = true;
    return rest;
  }
}

Result<bool> LineReader::fill() {
  if (ended_) return false;
  buffer_.erase(0, at_);
  buffer_offset_ += at_;
  at_ = 0;
  const std::size_t have = buffer_.size();
  buffer_.resize(have + kReadBytes);
  const ssize_t got = ::read(file_.get(), buffer_.data() + have, kReadBytes);
  buffer_.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && errno != EINTR) return disk_failed("reading");
  ended_ = got == 0;
  return !ended_;
}

}  // namespace hsm::audit
