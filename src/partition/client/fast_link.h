#pragma once
#include <cstdint>
#include <functional>

#include "base/result.h"
#include "core/ports/partitions.h"
#include "partition/client/link.h"

namespace hsm::partition {

// FastLink sends one loop thread's cryptographic operations to the open partitions of an instance without blocking.
// Made by control::PartitionSupervisor; used by its own thread alone.
//
// A turn of the loop: when event_fd is readable, `drain` calls the handler for each reply that has come; requests are
// given to `submit`; at the end of every turn that called either, `publish` makes the turn's requests visible at once
// and wakes the partitions that sleep.
//
// What the caller does not see: a partition that needs a wrapped key gets it, one that dies has its requests sent to
// another, and while no partition is open requests wait for at most kNoPartitionWait.
class FastLink {
 public:
  // Called once a request. Errors: those of core::Partitions::perform and random.
  using ReplyHandler = std::function<void(std::uint64_t tag, Result<core::CryptoReply> reply)>;

  FastLink(Roster& roster, unsigned index) : link_(roster, index) {}

  // submit takes a request; the handler is called with `tag` later, from drain. `request` itself is copied; what its
  // views look at must stay until then. kBadParameter: a length is beyond its limit; kThrottled: every ring is full.
  // After an error the handler is not called.
  Status submit(const core::CryptoRequest& request, std::uint64_t tag);

  // submit_random asks for n bytes, 1 to kRandomBytesMax; they come as CryptoReply::output.
  Status submit_random(std::size_t n, std::uint64_t tag);

  void publish() { link_.publish(); }

  // event_fd is readable when drain has something to do. Level-triggered; owned by the link.
  int event_fd() const { return link_.event_fd(); }

  // drain never blocks. The handler may call submit.
  void drain(const ReplyHandler& handler);

  // load_of is what a request weighs on its way, for callers that have many of them and must leave room for others.
  static Load load_of(const core::CryptoRequest& request);

  std::size_t in_flight() const { return link_.in_flight(); }

 private:
  Link link_;
};

}  // namespace hsm::partition
