#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/random.h"

namespace hsm::api {

// RequestIds makes the ids of x-ms-request-id: GUIDs of the time-based form (RFC 9562 §5.1), as the service has them.
// One a loop; not thread-safe. No two are equal: time only moves on, and each object has a random node of its own.
class RequestIds {
 public:
  explicit RequestIds(Random& random);
  std::string next(TimePoint now);

 private:
  std::uint64_t last_ = 0;  // in units of 100 ns since 1582-10-15
  std::string tail_;        // clock sequence and node, in text
};

}  // namespace hsm::api
