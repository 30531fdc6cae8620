#pragma once
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "core/ports/partitions.h"
#include "partition/channel/perform_codec.h"
#include "partition/client/lane_end.h"

namespace hsm::partition {

inline constexpr int kAnyPartition = -1;

// Request is one message on its way. What it looks at must stay until the reply has come: nothing is copied, so that a
// request can be encoded again for another partition and no copy needs wiping.
struct Request {
  MessageType type = MessageType::kPerform;
  std::uint64_t tag = 0;                           // the caller's
  std::span<const core::CryptoRequest> perform{};  // kPerform: operations on one key, as many as fit a message
  std::uint32_t random_bytes = 0;                  // kRandom
  ByteView body{};                                 // all others
  int only = kAnyPartition;  // the partition that it is for, where another one would not know what is meant
};

// load_of says what a request weighs on its lane.
Load load_of(const Request& request);

// Message is how many operations go into one message, and what it weighs.
struct Message {
  std::size_t operations = 0;
  Load load;
};
// first_message takes from the beginning of `requests`, at least one on one key, what a single message may hold: no
// more than fits its body and the reply's, and no more work than keeps a worker busy for kSpillCost.
Message first_message(std::span<const core::CryptoRequest> requests);

// write puts a request into a ring. `with_wrapped`: a kPerform takes its wrapped key along.
WriteResult write(RingWriter& ring, std::uint64_t id, const Request& request, bool with_wrapped,
                  PerformEncoder& encoder);

}  // namespace hsm::partition
