#include "audit/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "audit/head_file.h"
#include "audit/verify_finding.h"

namespace hsm::audit {
namespace {

// What a verifier remembers of a line, as long as a checkpoint may refer to it.
struct Remembered {
  LineHash hash{};
  std::uint64_t records = 0;  // up to and with it
};

class Verifier {
 public:
  // `single`: files holds one file of a log that has more. A file's number is 0 if its name says none.
  Verifier(const VerifyOptions& options, std::vector<SegmentFile> files, bool single)
      : options_(options), files_(std::move(files)), single_(single), key_(options.public_key) {}

  Result<VerifyReport> run();

 private:
  Status read_head_file();
  Status read_file();
  Status take(const LineReader::Text& text);
  void accept(const Line& line, std::string_view text);
  void accept_record(const Line& line);
  void accept_segment(const Line& line);
  void accept_checkpoint(const Line& line);
  void accept_recovery(const Line& line);
  void check_signed(const Checkpoint& checkpoint);
  bool expect_key(const Bytes& key, std::string_view holder);
  Status judge_end();
  void judge_head();
  Result<bool> next_file_follows();

  bool may_begin_here() const { return report_.first_sequence == 0 && (single_ || !options_.need_start); }
  void remember(std::uint64_t sequence, const Remembered& line);
  bool remembers(std::uint64_t sequence) const;
  const Remembered& remembered(std::uint64_t sequence) const {
    return remembered_[(sequence - report_.first_sequence) % kCheckpointLagMax];
  }
  void find(FindingKind kind, std::uint64_t sequence, std::string text);

  const VerifyOptions& options_;
  const std::vector<SegmentFile> files_;
  const bool single_;
  VerifyReport report_;
  Place place_;
  Place before_;  // of the last line in order
  ChainEnd end_;
  std::uint64_t segment_number_ = 0;
  Bytes key_;  // that everything must be signed with; empty until one is known
  std::uint64_t signed_records_ = 0;
  std::vector<Remembered> remembered_;  // of the last kCheckpointLagMax lines, in a circle
  std::optional<Checkpoint> head_;
  bool head_damaged_ = false;
  bool head_in_log_ = false;
};

Result<VerifyReport> Verifier::run() {
  HSM_CHECK(read_head_file());
  for (; place_.file < files_.size() && !report_.finding; ++place_.file) HSM_CHECK(read_file());
  if (!report_.finding) HSM_CHECK(judge_end());
  report_.last_sequence = end_.sequence;
  if (report_.checkpoints > 0) report_.public_key = key_;
  report_.unsigned_records = report_.records - signed_records_;
  return std::move(report_);
}

Status Verifier::read_head_file() {
  std::filesystem::path path = options_.head;
  if (path.empty()) path = (single_ ? options_.path.parent_path() : options_.path) / kHeadFileName;
  auto head = read_head(path);
  head_damaged_ = !head && head.error().code == Errc::kInternal;
  if (!head && !head_damaged_) return std::unexpected(head.error());
  if (head) head_ = std::move(*head);
  return {};
}

Status Verifier::read_file() {
  HSM_TRY(LineReader reader, LineReader::open(files_[place_.file].path));
  place_.line = 0;
  while (!report_.finding) {
    HSM_TRY(const auto text, reader.next());
    if (!text) break;
    ++place_.line;
    HSM_CHECK(take(*text));
  }
  ++report_.files;
  return {};
}

Status Verifier::take(const LineReader::Text& text) {
  auto line = text.whole ? parse_line(text.text) : std::nullopt;
  if (line && line->sequence == 0) line = std::nullopt;
  if (line && may_begin_here()) end_ = {line->sequence - 1, line->previous};
  if (line && line->sequence == end_.sequence + 1 && line->previous == end_.hash) {
    accept(*line, text.text);
    return {};
  }
  const bool repeats = line && remembers(line->sequence) && remembered(line->sequence).hash == hash_of(text.text);
  HSM_TRY(report_.finding, explain({files_, place_, before_, text, line, end_, repeats}));
  return {};
}

void Verifier::accept(const Line& line, std::string_view text) {
  const bool must_be_header = report_.first_sequence == 0 || place_.line == 1;
  if (must_be_header && line.kind != LineKind::kSegment) {
    return find(FindingKind::kDropped, line.sequence, "the file does not begin with its header");
  }
  if (report_.first_sequence == 0) report_.first_sequence = line.sequence;
  end_ = {line.sequence, hash_of(text)};
  before_ = place_;
  if (line.kind == LineKind::kRecord) accept_record(line);
  remember(line.sequence, {end_.hash, report_.records});
  if (line.kind == LineKind::kSegment) accept_segment(line);
  if (line.kind == LineKind::kCheckpoint) accept_checkpoint(line);
  if (line.kind == LineKind::kRecovery) accept_recovery(line);
}

void Verifier::accept_record(const Line& line) {
  ++report_.records;
  if (report_.first_time.empty() || line.time < report_.first_time) report_.first_time = line.time;
  if (line.time > report_.last_time) report_.last_time = line.time;
}

void Verifier::accept_segment(const Line& line) {
  const auto header = parse_segment(line.members);
  if (!header) return find(FindingKind::kChanged, line.sequence, "the file's header is damaged");
  const std::uint64_t named = files_[place_.file].number;
  const bool in_place = named == 0 ? segment_number_ == 0 || header->number == segment_number_ + 1
                                   : header->number == named && place_.line == 1;
  if (!in_place) {
    return find(FindingKind::kMoved, line.sequence,
                fmt::format("this is the beginning of {}", segment_name(header->number)));
  }
  segment_number_ = header->number;
  if (!header->public_key.empty()) expect_key(header->public_key, "the file's header names");
}

void Verifier::accept_checkpoint(const Line& line) {
  const auto checkpoint = parse_checkpoint(line.members);
  const bool sound = checkpoint && checkpoint->time == line.time && checkpoint->sequence < line.sequence &&
                     line.sequence - checkpoint->sequence <= kCheckpointLagMax;
  if (!sound) return find(FindingKind::kChanged, line.sequence, "the checkpoint is damaged");
  ++report_.checkpoints;
  check_signed(*checkpoint);
}

void Verifier::check_signed(const Checkpoint& checkpoint) {
  if (!expect_key(checkpoint.public_key, "a checkpoint is signed with")) return;
  if (!signature_holds(checkpoint)) {
    return find(FindingKind::kBadSignature, end_.sequence, "the checkpoint's signature does not hold");
  }
  if (head_ == checkpoint) head_in_log_ = true;
  if (checkpoint.sequence < report_.first_sequence || checkpoint.sequence <= report_.signed_until) return;
  if (remembered(checkpoint.sequence).hash != checkpoint.hash) {
    const std::uint64_t first = std::max(report_.signed_until + 1, report_.first_sequence);
    return find(
        FindingKind::kChanged, first,
        fmt::format("lines {} to {} were written anew: the signed hash is another", first, checkpoint.sequence));
  }
  report_.signed_until = checkpoint.sequence;
  signed_records_ = remembered(checkpoint.sequence).records;
}

bool Verifier::expect_key(const Bytes& key, std::string_view holder) {
  if (key_.empty()) key_ = key;
  if (key_ == key) return true;
  find(FindingKind::kWrongKey, end_.sequence, fmt::format("{} another audit key", holder));
  return false;
}

void Verifier::accept_recovery(const Line& line) {
  const auto recovery = parse_recovery(line.members);
  if (!recovery) return find(FindingKind::kChanged, line.sequence, "the note of a recovery is damaged");
  ++report_.recoveries;
  report_.removed_bytes += recovery->removed_bytes;
}

Status Verifier::judge_end() {
  place_ = before_;
  if (end_.sequence == 0 && !head_) {
    find(FindingKind::kNoLog, 0, "there is no audit log here");
    return {};
  }
  if (!options_.public_key.empty() && report_.checkpoints == 0) {
    find(FindingKind::kBadSignature, end_.sequence, "nothing in the log is signed");
    return {};
  }
  HSM_TRY(report_.end_known, next_file_follows());
  if (!report_.end_known && !report_.finding) judge_head();
  return {};
}

// next_file_follows tells whether the single file that is verified is followed by another one. Then that one's header
// says where this one ends; audit.head says it for the last one only.
Result<bool> Verifier::next_file_follows() {
  const std::uint64_t number = single_ ? files_.front().number : 0;
  const std::filesystem::path next = options_.path.parent_path() / segment_name(number + 1);
  if (std::error_code error; number == 0 || !std::filesystem::exists(next, error)) return false;
  HSM_TRY(LineReader reader, LineReader::open(next));
  HSM_TRY(const auto text, reader.next());
  const auto header = text ? parse_line(text->text) : std::nullopt;
  if (!header) return false;  // made, but nothing is in it yet
  if (header->sequence == end_.sequence + 1 && header->previous == end_.hash) return true;
  find(FindingKind::kTruncated, end_.sequence + 1,
       fmt::format("the next file does not go on where this one ends, but with line {}", header->sequence));
  return false;
}

void Verifier::judge_head() {
  if (!head_) {
    if (!options_.need_head) return;
    return find(
        FindingKind::kNoHead, end_.sequence,
        fmt::format("audit.head is {}: lines may be missing at the end", head_damaged_ ? "damaged" : "missing"));
  }
  if (!expect_key(head_->public_key, "audit.head is signed with")) return;
  report_.end_known = head_in_log_;
  if (head_in_log_) return;
  if (!signature_holds(*head_)) {
    find(FindingKind::kBadSignature, head_->sequence, "the signature in audit.head does not hold");
  } else if (head_->sequence > report_.signed_until) {
    find(FindingKind::kTruncated, end_.sequence + 1,
         fmt::format("audit.head vouches for line {}, but the log's signatures end with line {}: its end was cut off",
                     head_->sequence, report_.signed_until));
  } else {
    find(FindingKind::kChanged, head_->sequence,
         fmt::format("audit.head vouches for another line {}", head_->sequence));
  }
}

void Verifier::remember(std::uint64_t sequence, const Remembered& line) {
  const std::size_t at = (sequence - report_.first_sequence) % kCheckpointLagMax;
  if (at == remembered_.size()) remembered_.emplace_back();
  remembered_[at] = line;
}

bool Verifier::remembers(std::uint64_t sequence) const {
  return report_.first_sequence != 0 && sequence >= report_.first_sequence && sequence <= end_.sequence &&
         end_.sequence - sequence < kCheckpointLagMax;
}

void Verifier::find(FindingKind kind, std::uint64_t sequence, std::string text) {
  std::string file = place_.file < files_.size() ? files_[place_.file].path.filename().string() : "";
  report_.finding = Finding{kind, sequence, std::move(file), place_.line, std::move(text)};
}

}  // namespace

std::string_view name(FindingKind kind) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"changed", "dropped", "moved", "inserted", "duplicated", "truncated",
                                       "bad signature", "wrong key", "no head", "no log"});
  static_assert(kNames.size() == static_cast<std::size_t>(FindingKind::kCount_), "a kind without a name");
  return kNames[static_cast<std::size_t>(kind)];
}

Result<VerifyReport> verify(const VerifyOptions& options) {
  if (!options.public_key.empty() && options.public_key.size() != kPublicKeyBytes) {
    return fail(Errc::kBadParameter, fmt::format("an audit key has {} bytes", kPublicKeyBytes));
  }
  std::error_code error;
  if (std::filesystem::is_directory(options.path, error)) {
    HSM_TRY(auto files, list_segments(options.path));
    return Verifier(options, std::move(files), false).run();
  }
  if (!std::filesystem::is_regular_file(options.path, error)) {
    return fail(Errc::kBadParameter, options.path.string() + " is neither a directory nor a file");
  }
  const std::uint64_t number = segment_number(options.path.filename()).value_or(0);
  return Verifier(options, {{number, options.path}}, true).run();
}

}  // namespace hsm::audit
