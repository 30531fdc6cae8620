#pragma once
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/clock.h"

namespace hsm::identity {

inline constexpr std::size_t kReplayEntriesMax = 65'536;  // assertions live 10 minutes: 100 a second fit

// ReplayCache remembers the ids of assertions until they expire, so that a stolen one can't be used again. Only ids of
// assertions whose signature was verified get in, so strangers can't fill it. Thread-safe.
class ReplayCache {
 public:
  explicit ReplayCache(std::size_t capacity = kReplayEntriesMax) : capacity_(capacity) {}
  // admit remembers the id; false if it was there, or if the cache is full of ids that are still good (refusing is the
  // safe side).
  bool admit(std::string_view id, TimePoint expires, TimePoint now);
  std::size_t size() const;

 private:
  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_set<std::string> ids_;
  std::set<std::pair<TimePoint, std::string>> by_expiry_;
};

}  // namespace hsm::identity
