#pragma once
#include <cstdint>

#include "base/bytes.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"
#include "partition/client/lane_end.h"

namespace hsm::partition {

inline constexpr int kAnyPartition = -1;

// Request is one message on its way. What its views look at must stay until the reply has come: nothing is copied, so
// that a request can be encoded again for another partition and no copy needs wiping.
struct Request {
  MessageType type = MessageType::kPerform;
  std::uint64_t tag = 0;           // the caller's
  core::CryptoRequest perform{};   // kPerform
  std::uint32_t random_bytes = 0;  // kRandom
  ByteView body{};                 // all others
  int only = kAnyPartition;        // the partition that it is for, where another one would not know what is meant
};

// load_of says what a request weighs on its lane.
Load load_of(const Request& request);
Load load_of(const core::CryptoRequest& request);  // of a kPerform

// write puts a request into a ring. `with_wrapped`: a kPerform takes its wrapped key along.
WriteResult write(RingWriter& ring, std::uint64_t id, const Request& request, bool with_wrapped);

}  // namespace hsm::partition
