#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/chain.h"
#include "audit/checkpoint.h"

namespace hsm::audit {

// The format of a log. Every line is one JSON object in exactly this spelling (no spaces, hexadecimal in lower case,
// numbers without leading zeros), so that each line has one form only and none of its bytes can change unnoticed:
//
//   file       = segment line, *line
//   line       = `{"sequence":` number `,"previousHash":"` hash `","time":"` time `"` members `}` LF
//   members    = record | segment | checkpoint | recovery
//   record     = `,"TenantId":` … all other members (record.h) | part
//   part       = `,"batchId":` … all other members: one operation of a request of many, behind that request's record
//   segment    = `,"segment":{"number":` number `,"publicKey":"` [key] `"}`
//   checkpoint = `,"checkpoint":` signed
//   signed     = `{"sequence":` number `,"hash":"` hash `","time":"` time `","publicKey":"` key `","signature":"`
//                signature `"}`
//   recovery   = `,"recovery":{"removedBytes":` number `,"unsignedLines":` number `,"headMissing":` true | false `}`
//
// sequence counts lines of every kind from 1, across files. previousHash is the SHA-256 of the line before, without its
// line feed; zeros before the first. audit.head is `signed` LF.
inline constexpr std::string_view kPartStart = R"(,"batchId":)";
inline constexpr std::string_view kSuccess = R"(,"resultType":"Success")";

enum class LineKind : std::uint8_t { kRecord, kSegment, kCheckpoint, kRecovery };

// kLineBytesMax bounds a line. The longest record has about 16 client-chosen texts, each of kFieldBytesMax, each byte
// of which may need six to escape.
inline constexpr std::size_t kLineBytesMax = 1 << 20;

// SegmentHeader opens each file. The key is empty while the instance has no audit key yet.
struct SegmentHeader {
  std::uint64_t number = 0;
  Bytes public_key;
};

// Recovery says what was found when the log was opened after a crash.
struct Recovery {
  std::uint64_t removed_bytes = 0;   // of a line that a power loss had torn
  std::uint64_t unsigned_lines = 0;  // lines before this one that no checkpoint had vouched for
  bool head_missing = false;         // there were checkpoints, but no audit.head
};

// Line is a parsed line; its views look into the text that was parsed.
struct Line {
  std::uint64_t sequence = 0;
  LineHash previous{};
  std::string_view time;
  LineKind kind = LineKind::kRecord;
  std::string_view members;  // all after the time, without the closing brace
};

// parse_line returns none for what is no line of a log. The members of a record are not looked into.
std::optional<Line> parse_line(std::string_view text);
LineHash hash_of(std::string_view text);

std::optional<SegmentHeader> parse_segment(std::string_view members);
std::optional<Checkpoint> parse_checkpoint(std::string_view members);
std::optional<Recovery> parse_recovery(std::string_view members);
std::optional<Checkpoint> parse_signed(std::string_view text);
// correlation_id_of finds that member of a record; empty if there is none.
std::string_view correlation_id_of(std::string_view members);
// is_success tells whether a record is of a request that succeeded.
bool is_success(std::string_view members);

void append_members(std::string& out, const SegmentHeader& header);
void append_members(std::string& out, const Checkpoint& checkpoint);
void append_members(std::string& out, const Recovery& recovery);
void append_signed(std::string& out, const Checkpoint& checkpoint);

}  // namespace hsm::audit
