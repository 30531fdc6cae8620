#include "audit/verify_finding.h"

#include <fmt/format.h>

namespace hsm::audit {
namespace {

std::string name_of(const Misfit& misfit, const Place& place) {
  return misfit.files[place.file].path.filename().string();
}

std::string where(const Misfit& misfit, const Place& place) {
  return fmt::format("{}:{}", name_of(misfit, place), place.line);
}

Finding found(const Misfit& misfit, FindingKind kind, std::uint64_t sequence, const Place& place, std::string text) {
  return {kind, sequence, name_of(misfit, place), place.line, std::move(text)};
}

// Later is a line behind the misfit, as far as it can be read as one.
struct Later {
  Place place;
  std::uint64_t sequence = 0;
  LineHash previous{};
};

// find_later returns the first line behind the misfit for which `wanted` is true.
template <class Wanted>
Result<std::optional<Later>> find_later(const Misfit& misfit, Wanted wanted) {
  Place place = misfit.place;
  for (bool first = true; place.file < misfit.files.size(); ++place.file, place.line = 0, first = false) {
    HSM_TRY(LineReader reader, LineReader::open(misfit.files[place.file].path));
    std::uint64_t number = 0;
    while (true) {
      HSM_TRY(const auto text, reader.next());
      if (!text) break;
      ++number;
      if (first && number <= misfit.place.line) continue;
      const auto line = text->whole ? parse_line(text->text) : std::nullopt;
      const Later later{
          {place.file, number, text->offset}, line ? line->sequence : 0, line ? line->previous : LineHash{}};
      if (wanted(later)) return later;
    }
  }
  return std::nullopt;
}

Finding explain_no_line(const Misfit& misfit, const std::optional<Later>& next) {
  const std::uint64_t due = misfit.end.sequence + 1;
  if (!misfit.text.whole && misfit.text.text.size() <= kLineBytesMax) {
    return found(misfit, FindingKind::kTruncated, due, misfit.place,
                 fmt::format("the file ends in the middle of line {}", due));
  }
  if (next && next->sequence == due && next->previous == misfit.end.hash) {
    return found(misfit, FindingKind::kInserted, due, misfit.place,
                 fmt::format("what stands before line {} is no line of an audit log", due));
  }
  return found(misfit, FindingKind::kChanged, due, misfit.place,
               fmt::format("where line {} is due stands no line of an audit log", due));
}

// A line with the right number whose previousHash does not fit: either it was changed, or the line before it. If what
// follows fits this line as it is, it was the one before.
Finding explain_bad_link(const Misfit& misfit, const std::optional<Later>& next) {
  const std::uint64_t due = misfit.end.sequence + 1;
  const auto checkpoint = parse_checkpoint(misfit.parsed->members);
  const bool itself_intact = next && next->sequence == due + 1
                                 ? next->previous == hash_of(misfit.text.text)
                                 : checkpoint && checkpoint->hash == misfit.parsed->previous;
  if (itself_intact && misfit.end.sequence > 0) {
    return found(misfit, FindingKind::kChanged, misfit.end.sequence, misfit.before,
                 fmt::format("line {} is not the one that line {} was chained to", misfit.end.sequence, due));
  }
  return found(misfit, FindingKind::kChanged, due, misfit.place,
               fmt::format("line {} is not chained to the line before it", due));
}

Finding explain_gap(const Misfit& misfit, const std::optional<Later>& elsewhere) {
  const std::uint64_t due = misfit.end.sequence + 1;
  const std::uint64_t last = misfit.parsed->sequence - 1;
  if (elsewhere) {
    return found(misfit, FindingKind::kMoved, due, misfit.place,
                 fmt::format("line {} does not stand here, but at {}", due, where(misfit, elsewhere->place)));
  }
  const std::string lines = last == due ? fmt::format("line {} is", due) : fmt::format("lines {} to {} are", due, last);
  return found(misfit, FindingKind::kDropped, due, misfit.place,
               fmt::format("{} missing before line {}", lines, misfit.parsed->sequence));
}

Finding explain_repetition(const Misfit& misfit) {
  const std::uint64_t sequence = misfit.parsed->sequence;
  if (misfit.repeats) {
    return found(misfit, FindingKind::kDuplicated, sequence, misfit.place,
                 fmt::format("line {} stands here a second time", sequence));
  }
  return found(misfit, FindingKind::kInserted, sequence, misfit.place,
               fmt::format("a second, different line calls itself {}", sequence));
}

}  // namespace

Result<Finding> explain(const Misfit& misfit) {
  const std::uint64_t due = misfit.end.sequence + 1;
  HSM_TRY(const auto next, find_later(misfit, [](const Later&) { return true; }));
  if (!misfit.parsed) return explain_no_line(misfit, next);
  const std::uint64_t sequence = misfit.parsed->sequence;
  if (sequence == due) return explain_bad_link(misfit, next);
  if (misfit.parsed->previous == misfit.end.hash) {
    return found(misfit, FindingKind::kChanged, due, misfit.place,
                 fmt::format("line {} calls itself {}", due, sequence));
  }
  if (sequence < due) return explain_repetition(misfit);
  HSM_TRY(const auto elsewhere, find_later(misfit, [due](const Later& later) { return later.sequence == due; }));
  return explain_gap(misfit, elsewhere);
}

}  // namespace hsm::audit
