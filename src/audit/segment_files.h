#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hsm::audit {

// A log's files are named audit-00000001.jsonl and so on; eight digits at least.
std::string segment_name(std::uint64_t number);
std::optional<std::uint64_t> segment_number(const std::string& file_name);

struct SegmentFile {
  std::uint64_t number = 0;
  std::filesystem::path path;
};

// list_segments returns the log's files in order; other files in the directory are none of its business.
// kUnavailable: the directory can't be read.
Result<std::vector<SegmentFile>> list_segments(const std::filesystem::path& directory);

}  // namespace hsm::audit
