#include "audit/time_text.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::audit {

std::string_view TimeText::of(TimePoint time) {
  const std::int64_t second = unix_seconds(time);
  if (second != second_) {
    const std::string whole = iso8601(time);
    HSM_ASSERT(whole.size() == kTimeTextBytes);  // years of four digits
    std::ranges::copy(whole, text_.begin());
    second_ = second;
  }
  const auto past = std::chrono::duration_cast<std::chrono::milliseconds>(time - from_unix_seconds(second)).count();
  text_[20] = static_cast<char>('0' + past / 100);
  text_[21] = static_cast<char>('0' + past / 10 % 10);
  text_[22] = static_cast<char>('0' + past % 10);
  return {text_.data(), text_.size()};
}

}  // namespace hsm::audit
