#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>

#include "http/server.h"

namespace hsm::http {

// What a connection can wait for too long. kNone: for the application, which has its own deadlines.
// kWarm and kIdle both wait for the next request: first with buffers, then without.
enum class Wait : std::uint8_t { kNone, kHandshake, kRequest, kWrite, kWarm, kIdle, kLinger, kCount_ };

// Deadlines keeps one queue for each kind of wait. Every wait of a kind has the same length, so the order of arming is
// the order of expiry: arming is O(1), allocates nothing and makes no system call.
class Deadlines {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Entry {
    Connection* connection;
    Wait wait;
    Time at;
  };
  using Handle = std::list<Entry>::iterator;

  // How long an ended connection may take to hear us out (Wait::kLinger).
  static constexpr std::chrono::milliseconds kLingerTimeout{2'000};

  explicit Deadlines(const Limits& limits);
  Handle add(Connection& connection);  // with kNone
  void remove(Handle handle);
  void arm(Handle handle, Wait wait, Time now);

  // expired returns a connection whose deadline has passed and puts it into kNone, or nullptr. `wait` says which it
  // was.
  Connection* expired(Time now, Wait& wait);
  // longest is the one that has been in `wait` for the longest, or nullptr.
  Connection* longest(Wait wait) const;
  std::optional<Time> next() const;

 private:
  static constexpr auto kKinds = std::size_t(Wait::kCount_);
  std::list<Entry>& queue(Wait wait) { return queues_[std::size_t(wait)]; }
  std::array<std::list<Entry>, kKinds> queues_;
  std::array<std::chrono::milliseconds, kKinds> lengths_;
};

}  // namespace hsm::http
