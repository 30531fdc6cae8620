#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hsm::core {

inline constexpr std::int64_t kSecondsADay = 86'400;

// Duration is a span of the calendar as ISO 8601 writes it: P18M, P1Y10D, PT48H (reference/keys-api.md §6). Its text is
// kept, since answers give it back unchanged. The grammar, with letters of either case and N of decimal digits:
//
//   duration = "P" [N "Y"] [N "M"] [N "D"] ["T" [N "H"] [N "M"] [N "S"]]
//
// with at least one N, and one after a T. Weeks and fractions occur in no client.
class Duration {
 public:
  static constexpr std::int64_t kDaysMax = 36'500;  // P100Y, the longest that a client offers (keys-api.md §6)

  // kBadParameter: not of the grammar, or longer than kDaysMax.
  static Result<Duration> parse(std::string_view text);
  const std::string& text() const { return text_; }

  // The moment (UNIX seconds) that lies the duration after or before another: first months, of which a day that its
  // month does not have becomes the last one, then days and seconds. What is outside of the years 1 to 9999 is taken
  // for their edge.
  std::int64_t after(std::int64_t moment) const { return shifted(moment, 1); }
  std::int64_t before(std::int64_t moment) const { return shifted(moment, -1); }

  // nominal_seconds is for limits alone: with years of 365 days and months of 30 (unconfirmed).
  std::int64_t nominal_seconds() const;

  friend bool operator==(const Duration&, const Duration&) = default;

 private:
  explicit Duration(std::string_view text) : text_(text) {}
  std::int64_t shifted(std::int64_t moment, int direction) const;

  std::string text_;
  std::int64_t years_ = 0;
  std::int64_t months_ = 0;
  std::int64_t days_ = 0;
  std::int64_t seconds_ = 0;
};

}  // namespace hsm::core
