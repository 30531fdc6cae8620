#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace hsm {

using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Clock is the one source of the time of day, so that tests give it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
};

// unix_seconds is the form of every time on the wire.
inline std::int64_t unix_seconds(TimePoint t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}
inline TimePoint from_unix_seconds(std::int64_t s) {
  return TimePoint(std::chrono::seconds(s));
}

// iso8601 prints UTC with milliseconds, e.g. 2020-08-31T19:52:39.763Z (the form of the audit log).
std::string iso8601(TimePoint t);

}  // namespace hsm
