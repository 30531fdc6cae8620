#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "audit/disk.h"
#include "base/fd.h"
#include "base/result.h"

namespace hsm::audit {

// Segment is one file of the log, open for appending. All but flush is called under the log's lock; flush is called
// without it, by the flushing thread alone. Its errors are kUnavailable.
class Segment {
 public:
  // open opens the file that recovery has found, of which the first `size` bytes are good, or makes it.
  static Result<std::shared_ptr<Segment>> open(const std::filesystem::path& directory, std::uint64_t number,
                                               std::uint64_t size, const Disk& disk);

  // append writes all of `lines` in one call, or nothing: what a full disk took of them is cut off again, now or before
  // the next attempt.
  Status append(std::string_view lines);

  // flush puts all that was appended before on stable storage. After a failure the kernel may have dropped what it
  // could not write, so the next attempt writes it again; nothing may be appended between the two.
  Status flush();
  // confirm tells that a flush has covered the first `size` bytes.
  void confirm(std::uint64_t size);

  std::uint64_t number() const { return number_; }
  std::uint64_t size() const { return size_; }
  std::size_t unflushed_bytes() const { return unflushed_.size(); }

 private:
  Segment(Fd file, Fd directory, std::uint64_t number, std::uint64_t size, const Disk& disk);
  Status cut_tail();
  Status write_unflushed_again();

  const Disk& disk_;
  const std::uint64_t number_;
  Fd file_;
  Fd directory_;  // until the file's name is on stable storage, too
  std::uint64_t size_ = 0;
  std::string unflushed_;  // the last bytes of the file, as they were appended
  bool tail_dirty_ = false;
  bool flush_failed_ = false;
};

}  // namespace hsm::audit
