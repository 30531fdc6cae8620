#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::audit {

struct VerifyOptions {
  std::filesystem::path path;  // a log's directory, or one of its files
  Bytes public_key;            // the audit key that is expected; empty: the log's own, which proves only that one key
                               // signed all of it
  std::filesystem::path head;  // a copy of audit.head that was kept elsewhere; empty: the one beside the log
  bool need_head = true;       // without audit.head nobody can tell whether lines are missing at the end
  bool need_start = true;      // false: earlier files may have been archived elsewhere
};

enum class FindingKind : std::uint8_t {
  kChanged,       // a line is not what was written
  kDropped,       // lines are missing
  kMoved,         // a line stands elsewhere
  kInserted,      // a line stands where none was written
  kDuplicated,    // a line stands there twice
  kTruncated,     // the log ends too early
  kBadSignature,  // a checkpoint's signature does not hold
  kWrongKey,      // signed by another key than the one expected
  kNoHead,        // audit.head is missing or damaged: the end can't be judged
  kNoLog,         // there is nothing to verify
  kCount_
};
std::string_view name(FindingKind kind);  // "changed"

// Finding is the first thing that is wrong. Everything before it is in order.
struct Finding {
  FindingKind kind = FindingKind::kChanged;
  std::uint64_t sequence = 0;  // of the line it is about
  std::string file;            // where it was noticed; name only
  std::uint64_t line = 0;      // from 1; 0: the file as a whole
  std::string text;            // a sentence for people
};

struct VerifyReport {
  std::optional<Finding> finding;  // none: the log is intact
  std::uint64_t files = 0;
  std::uint64_t records = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t recoveries = 0;      // times the log was opened after a crash
  std::uint64_t removed_bytes = 0;   // of torn lines, by those
  std::uint64_t first_sequence = 0;  // of all lines that are in order
  std::uint64_t last_sequence = 0;
  std::string first_time;  // the earliest and the latest time of a record; empty if there is none
  std::string last_time;
  std::uint64_t signed_until = 0;      // the last sequence number that a signature vouches for
  std::uint64_t unsigned_records = 0;  // records after it: chained, but anyone could have written them
  Bytes public_key;                    // that signed; empty if nothing is signed
  bool end_known = false;              // audit.head vouches that nothing is missing up to signed_until
};

// verify reads a log offline, in one pass and bounded memory, and stops at the first thing that is wrong, which is no
// error but report.finding. Of one file alone it tells whether its lines are in order and follow its header, and, if it
// is not the last, whether the next file goes on where it ends. kUnavailable: something can't be read. kBadParameter:
// the path leads to nothing, or the key is none.
Result<VerifyReport> verify(const VerifyOptions& options);

}  // namespace hsm::audit
