#include "audit/recovery.h"

#include <fmt/format.h>

#include <deque>

#include "audit/head_file.h"
#include "audit/line_reader.h"
#include "audit/segment_files.h"

namespace hsm::audit {
namespace {

std::unexpected<Error> cannot_continue(const std::string& why) {
  return fail(Errc::kInternal, "the audit log cannot be continued: " + why,
              "move the log's directory away as evidence; a new log is begun then");
}

// EndReader reads the last files, oldest first, and finds where whole lines end.
class EndReader {
 public:
  EndReader(std::optional<Checkpoint> head, std::size_t recent_ids_max)
      : head_(std::move(head)), recent_ids_max_(recent_ids_max) {}

  Status read(const SegmentFile& file, bool last);
  Result<LogEnd> finish();

 private:
  // A torn line is one that was not completely on stable storage; zeros are what a file system fills gaps with.
  static bool torn(const LineReader::Text& text) {
    return !text.whole || text.text.find('\0') != std::string_view::npos || !parse_line(text.text);
  }
  bool vouched_for_next() const { return head_ && end_.chain.sequence < head_->sequence; }
  Status accept(const Line& line);
  void remember(const Line& line);

  const std::optional<Checkpoint> head_;
  const std::size_t recent_ids_max_;
  LogEnd end_;
  std::string last_line_;
  std::deque<std::string> ids_;
};

Status EndReader::read(const SegmentFile& file, bool last) {
  end_.segment_number = file.number;
  end_.segment_size = 0;
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(file.path, error);
  HSM_TRY(LineReader reader, LineReader::open(file.path));
  while (true) {
    HSM_TRY(const auto text, reader.next());
    if (!text) return {};
    if (last && torn(*text) && !vouched_for_next()) {
      end_.recovery.removed_bytes = error ? 0 : size - text->offset;
      return {};
    }
    end_.segment_size = text->offset + text->text.size() + (text->whole ? 1 : 0);
    const auto line = parse_line(text->text);
    if (!line) continue;
    last_line_ = text->text;
    HSM_CHECK(accept(*line));
  }
}

Status EndReader::accept(const Line& line) {
  end_.chain.sequence = line.sequence;
  if (head_ && head_->sequence == line.sequence && head_->hash != hash_of(last_line_)) {
    return cannot_continue(fmt::format("line {} is not the one that audit.head vouches for", line.sequence));
  }
  if (line.kind == LineKind::kCheckpoint) {
    if (const auto checkpoint = parse_checkpoint(line.members)) {
      end_.signed_until = checkpoint->sequence;
      end_.public_key = checkpoint->public_key;
    }
    return {};
  }
  end_.last_unsigned = line.sequence;
  // Parts are of requests that change nothing; they would crowd out the ids that are looked for.
  const bool whole_record = line.kind == LineKind::kRecord && !line.members.starts_with(kPartStart);
  if (whole_record && is_success(line.members)) remember(line);
  const auto header = line.kind == LineKind::kSegment ? parse_segment(line.members) : std::nullopt;
  if (header && !header->public_key.empty()) end_.public_key = header->public_key;
  return {};
}

void EndReader::remember(const Line& line) {
  ids_.emplace_back(correlation_id_of(line.members));
  if (ids_.size() > recent_ids_max_) ids_.pop_front();
}

Result<LogEnd> EndReader::finish() {
  if (head_ && head_->sequence > end_.chain.sequence) {
    return cannot_continue(fmt::format("it ends with line {}, but audit.head vouches for {}: its end was cut off",
                                       end_.chain.sequence, head_->sequence));
  }
  if (end_.chain.sequence > 0) end_.chain.hash = hash_of(last_line_);
  end_.recent_ids.assign(ids_.begin(), ids_.end());
  end_.recovery.unsigned_lines = end_.last_unsigned > end_.signed_until ? end_.chain.sequence - end_.signed_until : 0;
  end_.recovery.head_missing = !head_ && end_.signed_until > 0;
  const Recovery& found = end_.recovery;
  end_.needs_note = found.removed_bytes > 0 || found.unsigned_lines > 0 || found.head_missing;
  return std::move(end_);
}

// first_to_read returns where the last two files begin that are not empty (the last one may just have been made).
std::size_t first_to_read(const std::vector<SegmentFile>& files) {
  std::size_t first = files.size();
  for (int with_lines = 0; first > 0 && with_lines < 2;) {
    std::error_code error;
    if (std::filesystem::file_size(files[--first].path, error) > 0) ++with_lines;
  }
  return first;
}

}  // namespace

Result<LogEnd> recover(const std::filesystem::path& directory, std::size_t recent_ids_max) {
  auto head = read_head(directory / kHeadFileName);
  if (!head) {
    if (head.error().code != Errc::kInternal) return std::unexpected(head.error());
    return cannot_continue("audit.head is damaged");
  }
  HSM_TRY(const auto files, list_segments(directory));
  EndReader reader(*head, recent_ids_max);
  for (std::size_t i = first_to_read(files); i < files.size(); ++i) {
    HSM_CHECK(reader.read(files[i], i + 1 == files.size()));
  }
  return reader.finish();
}

}  // namespace hsm::audit
