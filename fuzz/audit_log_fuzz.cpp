// An audit log from anywhere. Verification must end, and a log that it calls intact must be what it looks like: every
// line in its only spelling, numbered without a gap.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "audit/line.h"
#include "audit/report.h"
#include "audit/verify.h"
#include "base/assert.h"

namespace {

using namespace hsm::audit;

// file_of puts the bytes where verify can open them, without touching a disk.
std::string file_of(std::string_view content) {
  static const int kFile = ::memfd_create("log", MFD_CLOEXEC);
  HSM_ASSERT(kFile >= 0 && ::ftruncate(kFile, 0) == 0);
  HSM_ASSERT(::pwrite(kFile, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
  return "/proc/self/fd/" + std::to_string(kFile);
}

template <class Value>
void has_one_spelling(const std::optional<Value>& value, std::string_view members) {
  if (!value) return;
  std::string again;
  append_members(again, *value);
  HSM_ASSERT(again == members);
}

void check_line(std::string_view text) {
  const auto line = parse_line(text);
  if (!line) return;
  has_one_spelling(parse_segment(line->members), line->members);
  has_one_spelling(parse_checkpoint(line->members), line->members);
  has_one_spelling(parse_recovery(line->members), line->members);
  const std::string_view id = correlation_id_of(line->members);
  HSM_ASSERT(id.empty() || (id.data() >= text.data() && id.data() + id.size() <= text.data() + text.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  for (std::string_view left = content; !left.empty();) {
    const std::string_view text = left.substr(0, left.find('\n'));
    check_line(text);
    left.remove_prefix(std::min(text.size() + 1, left.size()));
  }
  const std::string path = file_of(content);
  for (const bool need_head : {false, true}) {
    const auto report = verify({.path = path, .need_head = need_head, .need_start = false});
    HSM_ASSERT(report);
    HSM_ASSERT(!to_text(*report).empty() && !to_json(*report).empty());
    HSM_ASSERT(report->unsigned_records <= report->records && report->signed_until <= report->last_sequence);
    if (report->finding) continue;
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(content, '\n'));
    HSM_ASSERT(!need_head && lines == report->last_sequence - report->first_sequence + 1);
  }
  return 0;
}
