#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace hsm::audit {

// LineReader reads a file line by line in bounded memory.
class LineReader {
 public:
  struct Text {
    std::string_view text;     // without its line feed; valid until the next call
    std::uint64_t offset = 0;  // of its first byte in the file
    bool whole = true;  // false: the file ends without a line feed, or the line exceeds kLineBytesMax; the last one
  };

  // kUnavailable: the file can't be opened.
  static Result<LineReader> open(const std::filesystem::path& path);
  // next returns none at the end. kUnavailable: reading failed.
  Result<std::optional<Text>> next();

 private:
  explicit LineReader(Fd file) : file_(std::move(file)) {}
  Result<bool> fill();  // false at the end of the file

  Fd file_;
  std::string buffer_;
  bool ended_ = false;
  std::size_t at_ = 0;               // of the next line in buffer_
  std::uint64_t buffer_offset_ = 0;  // of buffer_ in the file
};

}  // namespace hsm::audit
