#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "audit/time_text.h"
#include "crypto/digest.h"

namespace hsm::audit {

using LineHash = crypto::Sha256Value;  // of a line without its line feed

// ChainEnd is the last line of a log: its sequence number and its hash. Before the first line both are zero.
struct ChainEnd {
  std::uint64_t sequence = 0;
  LineHash hash{};
  friend bool operator==(const ChainEnd&, const ChainEnd&) = default;
};

// LineBatch collects the lines that one write appends. Each begins with its place in the chain (line.h).
class LineBatch {
 public:
  // restart empties the batch; its first line will follow `end`.
  void restart(const ChainEnd& end);
  // begin_line writes `{"sequence":…,"previousHash":…,"time":…`; the caller appends further members, each with a comma
  // before it, to the string that it gets; end_line closes the line.
  std::string& begin_line(TimePoint time) { return begin_line(time_text_.of(time)); }
  std::string& begin_line(std::string_view time);  // in the form of iso8601
  void end_line();

  const std::string& text() const { return text_; }
  const ChainEnd& end() const { return end_; }

 private:
  std::string text_;
  std::size_t line_start_ = 0;
  ChainEnd end_;
  TimeText time_text_;
};

}  // namespace hsm::audit
