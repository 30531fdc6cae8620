#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/line.h"
#include "audit/line_reader.h"
#include "audit/segment_files.h"
#include "audit/verify.h"

namespace hsm::audit {

// Place is where a line stands.
struct Place {
  std::size_t file = 0;      // index among the files that are verified
  std::uint64_t line = 0;    // from 1
  std::uint64_t offset = 0;  // of its first byte
};

// Misfit is a line that does not follow the one before, with what is needed to tell what was done to the log.
struct Misfit {
  std::span<const SegmentFile> files;
  Place place;
  Place before;  // of the line before; the same place if there is none
  LineReader::Text text;
  std::optional<Line> parsed;  // none: it is no line at all
  ChainEnd end;                // of the lines in order
  bool repeats = false;        // it is, byte for byte, an earlier line
};

// explain names the first line that was changed, dropped, inserted, moved, duplicated or truncated. It reads on behind
// the misfit: what stands there tells a changed line from an inserted one, and a moved from a dropped one.
Result<Finding> explain(const Misfit& misfit);

}  // namespace hsm::audit
