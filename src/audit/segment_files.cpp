#include "audit/segment_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hsm::audit {
namespace {

constexpr std::string_view kPrefix = "audit-";
constexpr std::string_view kSuffix = ".jsonl";

}  // namespace

std::string segment_name(std::uint64_t number) {
  return fmt::format("{}{:08}{}", kPrefix, number, kSuffix);
}

std::optional<std::uint64_t> segment_number(const std::string& file_name) {
  std::string_view digits = file_name;
  if (!digits.starts_with(kPrefix) || !digits.ends_with(kSuffix)) return std::nullopt;
  if (digits.size() < kPrefix.size() + kSuffix.size()) return std::nullopt;
  digits = digits.substr(kPrefix.size(), digits.size() - kPrefix.size() - kSuffix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || segment_name(number) != file_name) return std::nullopt;
  return number;
}

Result<std::vector<SegmentFile>> list_segments(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<SegmentFile> files;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (const auto number = segment_number(entry->path().filename())) files.push_back({*number, entry->path()});
  }
  if (error) {
    return fail(Errc::kUnavailable, "the audit log cannot be read",
                fmt::format("{}: {}", directory.string(), error.message()));
  }
  std::ranges::sort(files, {}, &SegmentFile::number);
  return files;
}

}  // namespace hsm::audit
