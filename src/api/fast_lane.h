#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "api/batch_line.h"
#include "api/call.h"
#include "partition/client/fast_link.h"

namespace hsm::api {

// FastLane is one loop's way to the partitions of one instance. It knows which call, or which piece of a call's batch,
// each message there was sent for. Single-threaded.
class FastLane {
 public:
  // Receiver is told, by drain or at once when nothing can be sent, what has become of a call. The result's bytes hold
  // during the call of the function; those of a batch are kept by it.
  struct Receiver {
    std::function<void(const CallPointer& call, Result<core::CryptoResult> result)> replied;
    std::function<void(const CallPointer& call)> batch_done;
  };
  FastLane(partition::FastLink& link, Receiver receiver) : link_(link), receiver_(std::move(receiver)) {}

  void perform(const CallPointer& call);  // call.crypto
  void perform_batch(const CallPointer& call);
  void random(const CallPointer& call, std::size_t bytes);

  // A turn of the loop, as FastLink has it: drain when the descriptor is readable, publish at the end of every turn.
  int event_fd() const { return link_.event_fd(); }
  void drain();
  void publish();

 private:
  using InFlight = std::variant<CallPointer, BatchLine::Ticket>;
  std::uint64_t keep(InFlight entry);
  InFlight take(std::uint64_t tag);
  template <class Submit>
  void send(const CallPointer& call, Submit submit);
  void send_batches();
  void replied(std::uint64_t tag, const Result<partition::FastLink::Results>& results);
  void answer(const BatchLine::Ticket& ticket, const Result<partition::FastLink::Results>& results);

  partition::FastLink& link_;
  const Receiver receiver_;
  std::vector<InFlight> in_flight_;  // by tag
  std::vector<std::uint64_t> free_tags_;
  BatchLine batches_;
  bool used_ = false;  // in this turn
};

}  // namespace hsm::api
