#pragma once
#include <cstdint>

#include "partition/channel/channel_memory.h"

namespace hsm::partition {

// A lane takes requests up to this cost before the next worker is woken up: waking one costs as much as some light
// operations, and one heavy operation keeps a worker busy.
inline constexpr std::uint32_t kSpillCost = 24;

// Load is what a request weighs on a lane.
struct Load {
  std::uint32_t cost = 1;         // in light operations
  std::uint32_t reply_slots = 1;  // at most; kept free in the reply ring, so that a partition never waits for room
};

// LaneEnd is a link's end of one lane of one partition.
struct LaneEnd {
  RingWriter requests;
  RingReader replies;
  Doorbell* doorbell;             // of the thread that serves the lane
  std::uint32_t cost = 0;         // of what is in flight
  std::uint32_t reply_slots = 0;  // kept free for it
  std::uint32_t pending = 0;      // requests in flight

  void add(const Load& load) {
    cost += load.cost;
    reply_slots += load.reply_slots;
    ++pending;
  }
  void remove(const Load& load) {
    cost -= load.cost;
    reply_slots -= load.reply_slots;
    --pending;
  }
  bool has_room_for_reply(const Load& load) const { return reply_slots + load.reply_slots <= kRingSlots; }
};

}  // namespace hsm::partition
