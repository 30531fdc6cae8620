#include "audit/line.h"

#include <algorithm>
#include <charconv>

#include "base/hex.h"
#include "base/json_text.h"

namespace hsm::audit {
namespace {

constexpr std::string_view kRecordStart = R"(,"TenantId":)";
constexpr std::string_view kSegmentStart = R"(,"segment":)";
constexpr std::string_view kCheckpointStart = R"(,"checkpoint":)";
constexpr std::string_view kRecoveryStart = R"(,"recovery":)";
constexpr std::string_view kTimeShape = "dddd-dd-ddTdd:dd:dd.dddZ";  // d: a digit
static_assert(kTimeShape.size() == kTimeTextBytes);

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_time(std::string_view text) {
  return std::ranges::equal(text, kTimeShape,
                            [](char c, char shape) { return shape == 'd' ? is_digit(c) : c == shape; });
}

// Scanner reads a line from left to right. Each step says whether what it wants is there, in its only spelling.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}
  std::string_view left() const { return left_; }
  bool at_end() const { return left_.empty(); }

  bool literal(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  bool number(std::uint64_t& value) {
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    const auto digits = static_cast<std::size_t>(end - left_.data());
    if (error != std::errc{} || value > INT64_MAX || (digits > 1 && left_.front() == '0')) return false;
    left_.remove_prefix(digits);
    return true;
  }
  bool text(std::string_view& value, std::size_t size) {
    if (left_.size() < size) return false;
    value = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }
  bool time(std::string_view& value) { return text(value, kTimeTextBytes) && is_time(value); }
  bool hex(Bytes& value, std::size_t bytes) {
    std::string_view digits;
    if (!text(digits, 2 * bytes) || std::ranges::any_of(digits, [](char c) { return c >= 'A' && c <= 'F'; }))
      return false;
    auto decoded = from_hex(digits);
    if (!decoded) return false;
    value = std::move(*decoded);
    return true;
  }
  bool hash(LineHash& value) {
    std::string_view digits;
    return text(digits, 2 * value.size()) && decode_hash(digits, value);
  }

 private:
  static int nibble(char c) { return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }
  static bool decode_hash(std::string_view digits, LineHash& value) {  // without allocation: once a line
    for (std::size_t i = 0; i < value.size(); ++i) {
      const int high = nibble(digits[2 * i]);
      const int low = nibble(digits[2 * i + 1]);
      if (high < 0 || low < 0) return false;
      value[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return true;
  }

  std::string_view left_;
};

std::optional<LineKind> kind_of(std::string_view members) {
  if (members.starts_with(kRecordStart) || members.starts_with(kPartStart)) return LineKind::kRecord;
  if (members.starts_with(kCheckpointStart)) return LineKind::kCheckpoint;
  if (members.starts_with(kSegmentStart)) return LineKind::kSegment;
  if (members.starts_with(kRecoveryStart)) return LineKind::kRecovery;
  return std::nullopt;
}

}  // namespace

std::optional<Line> parse_line(std::string_view text) {
  Scanner scan(text);
  Line line;
  const bool good = scan.literal(R"({"sequence":)") && scan.number(line.sequence) &&
                    scan.literal(R"(,"previousHash":")") && scan.hash(line.previous) && scan.literal(R"(","time":")") &&
                    scan.time(line.time) && scan.literal("\"");
  if (!good || !scan.left().ends_with('}')) return std::nullopt;
  line.members = scan.left().substr(0, scan.left().size() - 1);
  const auto kind = kind_of(line.members);
  if (!kind) return std::nullopt;
  line.kind = *kind;
  return line;
}

LineHash hash_of(std::string_view text) {
  return crypto::sha256(bytes_of(text));
}

std::optional<SegmentHeader> parse_segment(std::string_view members) {
  Scanner scan(members);
  SegmentHeader header;
  if (!scan.literal(kSegmentStart) || !scan.literal(R"({"number":)") || !scan.number(header.number) ||
      !scan.literal(R"(,"publicKey":")")) {
    return std::nullopt;
  }
  if (!scan.left().starts_with('"') && !scan.hex(header.public_key, kPublicKeyBytes)) return std::nullopt;
  if (!scan.literal("\"}") || !scan.at_end()) return std::nullopt;
  return header;
}

std::optional<Checkpoint> parse_signed(std::string_view text) {
  Scanner scan(text);
  Checkpoint checkpoint;
  std::string_view time;
  const bool good = scan.literal(R"({"sequence":)") && scan.number(checkpoint.sequence) &&
                    scan.literal(R"(,"hash":")") && scan.hash(checkpoint.hash) && scan.literal(R"(","time":")") &&
                    scan.time(time) && scan.literal(R"(","publicKey":")") &&
                    scan.hex(checkpoint.public_key, kPublicKeyBytes) && scan.literal(R"(","signature":")") &&
                    scan.hex(checkpoint.signature, kSignatureBytes) && scan.literal("\"}") && scan.at_end();
  if (!good) return std::nullopt;
  checkpoint.time = time;
  return checkpoint;
}

std::optional<Checkpoint> parse_checkpoint(std::string_view members) {
  if (!members.starts_with(kCheckpointStart)) return std::nullopt;
  return parse_signed(members.substr(kCheckpointStart.size()));
}

std::optional<Recovery> parse_recovery(std::string_view members) {
  Scanner scan(members);
  Recovery recovery;
  const bool good = scan.literal(kRecoveryStart) && scan.literal(R"({"removedBytes":)") &&
                    scan.number(recovery.removed_bytes) && scan.literal(R"(,"unsignedLines":)") &&
                    scan.number(recovery.unsigned_lines) && scan.literal(R"(,"headMissing":)");
  if (!good) return std::nullopt;
  recovery.head_missing = scan.literal("true");
  if (!recovery.head_missing && !scan.literal("false")) return std::nullopt;
  if (!scan.literal("}") || !scan.at_end()) return std::nullopt;
  return recovery;
}

// A client can't write this member's name into another's text: the quotes there are escaped.
std::string_view correlation_id_of(std::string_view members) {
  constexpr std::string_view kName = R"("correlationId":")";
  const std::size_t name = members.find(kName);
  if (name == std::string_view::npos) return {};
  const std::string_view value = members.substr(name + kName.size());
  return value.substr(0, std::min(value.find('"'), value.size()));
}

bool is_success(std::string_view members) {
  return members.contains(kSuccess);
}

void append_members(std::string& out, const SegmentHeader& header) {
  out += kSegmentStart;
  out += R"({"number":)";
  append_json_number(out, header.number);
  out += R"(,"publicKey":")";
  append_hex(out, header.public_key);
  out += "\"}";
}

void append_signed(std::string& out, const Checkpoint& checkpoint) {
  out += R"({"sequence":)";
  append_json_number(out, checkpoint.sequence);
  out += R"(,"hash":")";
  append_hex(out, checkpoint.hash);
  out += R"(","time":")";
  out += checkpoint.time;
  out += R"(","publicKey":")";
  append_hex(out, checkpoint.public_key);
  out += R"(","signature":")";
  append_hex(out, checkpoint.signature);
  out += "\"}";
}

void append_members(std::string& out, const Checkpoint& checkpoint) {
  out += kCheckpointStart;
  append_signed(out, checkpoint);
}

void append_members(std::string& out, const Recovery& recovery) {
  out += kRecoveryStart;
  out += R"({"removedBytes":)";
  append_json_number(out, recovery.removed_bytes);
  out += R"(,"unsignedLines":)";
  append_json_number(out, recovery.unsigned_lines);
  out += recovery.head_missing ? R"(,"headMissing":true})" : R"(,"headMissing":false})";
}

}  // namespace hsm::audit
