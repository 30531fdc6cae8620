#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

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
  // Results are those of the operations that were submitted together, in order, each with its own errors (those of
  // core::Partitions::perform).
  using Results = std::span<const Result<core::CryptoResult>>;
  // Called once for what was submitted together, with an error that is all of theirs, or with their results, which hold
  // during the call. Errors: those of core::Partitions::perform and random.
  using ReplyHandler = std::function<void(std::uint64_t tag, Result<Results> results)>;

  FastLink(Roster& roster, unsigned index) : link_(roster, index) {}

  // check refuses what submit would: kBadParameter.
  static Status check(const core::CryptoRequest& request) { return check_lengths(request); }

  // submit takes operations on one key, no more than first_message allows; the handler is called with `tag` later, from
  // drain. The requests, and what their views look at, must stay until then. kBadParameter: a length is beyond its
  // limit; kThrottled: every ring is full. After an error the handler is not called.
  Status submit(std::span<const core::CryptoRequest> requests, std::uint64_t tag);
  Status submit(const core::CryptoRequest& request, std::uint64_t tag) { return submit({&request, 1}, tag); }

  // submit_random asks for n bytes, 1 to kRandomBytesMax; they come as the output of one result.
  Status submit_random(std::size_t n, std::uint64_t tag);

  void publish() { link_.publish(); }

  // event_fd is readable when drain has something to do. Level-triggered; owned by the link.
  int event_fd() const { return link_.event_fd(); }

  // drain never blocks. The handler may call submit.
  void drain(const ReplyHandler& handler);

  std::size_t in_flight() const { return link_.in_flight(); }

 private:
  Result<Results> results_of(const Request& request, Result<ByteView> body);

  Link link_;
  std::vector<Result<core::CryptoResult>> results_;  // of one reply
};

}  // namespace hsm::partition
