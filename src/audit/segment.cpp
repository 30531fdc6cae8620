#include "audit/segment.h"

#include <fcntl.h>

#include "audit/segment_files.h"

namespace hsm::audit {

Segment::Segment(Fd file, Fd directory, std::uint64_t number, std::uint64_t size, const Disk& disk)
    : disk_(disk), number_(number), file_(std::move(file)), directory_(std::move(directory)), size_(size) {}

Result<std::shared_ptr<Segment>> Segment::open(const std::filesystem::path& directory, std::uint64_t number,
                                               std::uint64_t size, const Disk& disk) {
  const std::filesystem::path path = directory / segment_name(number);
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return disk_failed("opening", path);
  Fd parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid()) return disk_failed("opening", directory);
  std::shared_ptr<Segment> segment(new Segment(std::move(file), std::move(parent), number, size, disk));
  HSM_CHECK(segment->cut_tail());
  return segment;
}

Status Segment::append(std::string_view lines) {
  if (tail_dirty_) HSM_CHECK(cut_tail());
  const ssize_t written = disk_.write(file_.get(), lines.data(), lines.size(), static_cast<off_t>(size_));
  if (written != static_cast<ssize_t>(lines.size())) {
    if (written >= 0) errno = ENOSPC;  // a short write has no reason of its own
    auto failure = disk_failed("writing", segment_name(number_));
    if (const Status cut = cut_tail(); !cut) failure.error().detail += "; " + cut.error().detail;
    return failure;
  }
  size_ += lines.size();
  unflushed_ += lines;
  return {};
}

Status Segment::cut_tail() {
  tail_dirty_ = disk_.truncate(file_.get(), static_cast<off_t>(size_)) != 0;
  if (tail_dirty_) return disk_failed("truncating", segment_name(number_));
  return {};
}

Status Segment::flush() {
  if (flush_failed_) HSM_CHECK(write_unflushed_again());
  flush_failed_ = disk_.sync(file_.get()) != 0;
  if (flush_failed_) return disk_failed("flushing", segment_name(number_));
  if (directory_.valid()) {
    if (::fsync(directory_.get()) != 0) return disk_failed("flushing the directory");
    directory_.reset();
  }
  return {};
}

void Segment::confirm(std::uint64_t size) {
  const std::uint64_t left = size_ - size;
  unflushed_.erase(0, unflushed_.size() - left);
}

Status Segment::write_unflushed_again() {
  const auto offset = static_cast<off_t>(size_ - unflushed_.size());
  const ssize_t written = disk_.write(file_.get(), unflushed_.data(), unflushed_.size(), offset);
  if (written != static_cast<ssize_t>(unflushed_.size())) return disk_failed("writing again", segment_name(number_));
  return {};
}

}  // namespace hsm::audit
