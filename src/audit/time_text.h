#pragma once
#include <array>
#include <string_view>

#include "base/clock.h"

namespace hsm::audit {

inline constexpr std::size_t kTimeTextBytes = 24;  // 2020-08-31T19:52:39.763Z

// TimeText prints what iso8601 (base/clock.h) prints, and keeps the part down to the second: records come by the
// thousand in one second, and breaking a date down costs as much as all else of a record. Not thread-safe; the text is
// valid until the next call.
class TimeText {
 public:
  std::string_view of(TimePoint time);

 private:
  std::int64_t second_ = INT64_MIN;
  std::array<char, kTimeTextBytes> text_{};
};

}  // namespace hsm::audit
