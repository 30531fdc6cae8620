#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "audit/chain.h"
#include "audit/line.h"
#include "base/bytes.h"
#include "base/result.h"

namespace hsm::audit {

// LogEnd is where a log is continued.
struct LogEnd {
  ChainEnd chain;
  std::uint64_t segment_number = 1;  // the file to go on with; new or empty if segment_size is 0
  std::uint64_t segment_size = 0;
  std::uint64_t signed_until = 0;       // what the last checkpoint that was found vouches for
  std::uint64_t last_unsigned = 0;      // the last line after it that is no checkpoint; 0: none
  Bytes public_key;                     // that the log was signed with; empty if nothing is signed
  std::vector<std::string> recent_ids;  // correlation ids of the last successes, oldest first
  Recovery recovery;                    // what has to be written down
  bool needs_note = false;              // whether it has to
};

// recover reads the end of the log: its last two files that are not empty. In the last one it cuts off, beginning with
// the first line that audit.head does not vouch for and that is no line, what a power loss has torn; earlier files were
// on stable storage before the next one began. What was tampered with is left as it is, for verify to name. Nothing is
// changed on disk: Segment::open cuts. Errors are those of FileAuditLog::open.
Result<LogEnd> recover(const std::filesystem::path& directory, std::size_t recent_ids_max);

}  // namespace hsm::audit
