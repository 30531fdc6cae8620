#include "http/deadlines.h"

#include <algorithm>

namespace hsm::http {
namespace {

std::chrono::milliseconds warm_time(const Limits& limits) {
  return std::min(limits.buffers_kept, limits.idle_timeout);
}

}  // namespace

Deadlines::Deadlines(const Limits& limits)
    : lengths_{std::chrono::milliseconds::zero(),
               limits.handshake_timeout,
               limits.request_timeout,
               limits.write_timeout,
               warm_time(limits),
               limits.idle_timeout - warm_time(limits),
               kLingerTimeout} {
  static_assert(kKinds == 7, "each wait has its length above");
}

Deadlines::Handle Deadlines::add(Connection& connection) {
  auto& none = queue(Wait::kNone);
  return none.insert(none.end(), Entry{&connection, Wait::kNone, Time::max()});
}

void Deadlines::remove(Handle handle) {
  queue(handle->wait).erase(handle);
}

void Deadlines::arm(Handle handle, Wait wait, Time now) {
  auto& to = queue(wait);
  to.splice(to.end(), queue(handle->wait), handle);
  handle->wait = wait;
  handle->at = now + lengths_[std::size_t(wait)];
}

Connection* Deadlines::expired(Time now, Wait& wait) {
  for (std::size_t kind = 1; kind < kKinds; ++kind) {
    auto& waiting = queues_[kind];
    if (waiting.empty() || waiting.front().at > now) continue;
    wait = Wait(kind);
    const Handle first = waiting.begin();
    arm(first, Wait::kNone, now);
    return first->connection;
  }
  return nullptr;
}

Connection* Deadlines::longest(Wait wait) const {
  const auto& waiting = queues_[std::size_t(wait)];
  return waiting.empty() ? nullptr : waiting.front().connection;
}

std::optional<Deadlines::Time> Deadlines::next() const {
  std::optional<Time> earliest;
  for (std::size_t kind = 1; kind < kKinds; ++kind)
    if (!queues_[kind].empty()) earliest = std::min(earliest.value_or(Time::max()), queues_[kind].front().at);
  return earliest;
}

}  // namespace hsm::http
