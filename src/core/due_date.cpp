#include "core/due_date.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace hsm::core {
namespace {

constexpr std::size_t kDigits = 12;                   // up to the year 33658
constexpr std::int64_t kMomentMax = 999'999'999'999;  // the last that they hold
constexpr std::size_t kNameAt = 4 + kDigits + 1;      // due/ digits /
constexpr std::uint8_t kFormat = 1;

std::optional<std::string> entry_of(const KeyHead* head) {
  if (head == nullptr) return std::nullopt;
  const auto at = due_at(*head);
  if (!at) return std::nullopt;
  return fmt::format("{}{:012}/{}", kDuePrefix, std::clamp<std::int64_t>(*at, 0, kMomentMax), folded(head->name));
}

}  // namespace

std::optional<std::int64_t> due_at(const KeyHead& head) {
  return head.deleted ? head.purge_at : head.rotate_at;
}

bool is_due(const KeyHead& head, std::int64_t now) {
  const auto at = due_at(head);
  return at && *at <= now;
}

void index_due_date(Transaction& transaction, const KeyHead* before, const KeyHead* after) {
  std::optional<std::string> was = entry_of(before);
  std::optional<std::string> is = entry_of(after);
  if (was == is) return;
  if (was) transaction.deletes.push_back(*std::move(was));
  if (is) transaction.puts.push_back({*std::move(is), {kFormat}});
}

Result<DueDate> parse_due_path(std::string_view path) {
  std::int64_t at = 0;
  if (!path.starts_with(kDuePrefix) || path.size() <= kNameAt || path[kNameAt - 1] != '/') {
    return fail(Errc::kInternal, {}, "not an entry of the due dates: " + std::string(path));
  }
  const char* end = path.data() + kNameAt - 1;
  const auto parsed = std::from_chars(end - kDigits, end, at);
  if (parsed.ec != std::errc() || parsed.ptr != end || at < 0) {
    return fail(Errc::kInternal, {}, "not an entry of the due dates: " + std::string(path));
  }
  HSM_TRY(KeyName name, KeyName::parse(path.substr(kNameAt)));
  return DueDate{at, std::move(name)};
}

}  // namespace hsm::core
