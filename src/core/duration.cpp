#include "core/duration.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/text.h"

namespace hsm::core {
namespace {

constexpr std::int64_t kDaysAYear = 365;
constexpr std::int64_t kDaysAMonth = 30;
constexpr std::int64_t kNumberMax = Duration::kDaysMax * kSecondsADay;  // of one component, so that no sum overflows
constexpr std::int64_t kFirstMoment = -62'135'596'800;                  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastMoment = 253'402'300'799;                   // 9999-12-31T23:59:59Z

// take_component takes "N designator" off the front of the text; none if something else stands there.
std::optional<std::int64_t> take_component(std::string_view& text, char designator) {
  std::int64_t number = 0;
  if (text.empty() || text.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > kNumberMax) return std::nullopt;
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (digits == text.size() || lower(text[digits]) != designator) return std::nullopt;
  text.remove_prefix(digits + 1);
  return number;
}

bool take_letter(std::string_view& text, char letter) {
  if (text.empty() || lower(text.front()) != letter) return false;
  text.remove_prefix(1);
  return true;
}

std::unexpected<Error> malformed() {
  return fail(Errc::kBadParameter, "A duration must be one of ISO 8601 of at most 100 years, such as P90D or P1Y6M.");
}

}  // namespace

Result<Duration> Duration::parse(std::string_view text) {
  Duration duration(text);
  bool any = false;
  const auto take = [&text, &any](char designator, std::int64_t& into, std::int64_t unit) {
    const auto number = take_component(text, designator);
    any = any || number.has_value();
    into += number.value_or(0) * unit;
  };
  if (!take_letter(text, 'p')) return malformed();
  take('y', duration.years_, 1);
  take('m', duration.months_, 1);
  take('d', duration.days_, 1);
  if (take_letter(text, 't')) {
    any = false;
    take('h', duration.seconds_, 3600);
    take('m', duration.seconds_, 60);
    take('s', duration.seconds_, 1);
  }
  if (!any || !text.empty() || duration.nominal_seconds() > kDaysMax * kSecondsADay) return malformed();
  return duration;
}

std::int64_t Duration::nominal_seconds() const {
  return (years_ * kDaysAYear + months_ * kDaysAMonth + days_) * kSecondsADay + seconds_;
}

std::int64_t Duration::shifted(std::int64_t moment, int direction) const {
  using namespace std::chrono;
  const sys_seconds from{std::chrono::seconds(std::clamp(moment, kFirstMoment, kLastMoment))};
  const sys_days day = floor<std::chrono::days>(from);
  year_month_day date{day};
  date += std::chrono::months(direction * (years_ * 12 + months_));
  if (!date.ok()) date = date.year() / date.month() / last;
  const sys_seconds to =
      sys_days(date) + std::chrono::days(direction * days_) + (from - day) + std::chrono::seconds(direction * seconds_);
  return std::clamp(to.time_since_epoch().count(), kFirstMoment, kLastMoment);
}

}  // namespace hsm::core
