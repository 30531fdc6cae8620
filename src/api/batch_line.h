#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "api/keys/batch.h"
#include "partition/client/fast_link.h"

namespace hsm::api {

// kBatchWeightMax bounds what all batches of a loop have on the way to an instance's partitions, in the weights of
// their messages: eight full ones of light operations, a third of the rings at least being left to others, or eight RSA
// signatures. When half of it has come back the next are sent: every few would wake the partitions for little.
inline constexpr std::uint32_t kBatchWeightMax = 384;

// BatchLine is where the batches of one loop and one instance stand while operations of them are still to be sent. They
// take turns, a message each, so that a long one does not keep the others. Single-threaded.
class BatchLine {
 public:
  // Ticket is a message on its way: some neighbours of a batch's parts. It keeps the batch alive.
  struct Ticket {
    std::shared_ptr<Batch> batch;
    std::size_t first = 0;
    std::size_t count = 0;
    std::uint32_t weight = 0;
    std::span<const core::CryptoRequest> requests() const { return std::span(batch->requests).subspan(first, count); }
  };

  // add puts a batch at the end of the line.
  void add(std::shared_ptr<Batch> batch);
  // next is the message to be sent now; none if nothing waits or enough is on its way.
  std::optional<Ticket> next();
  // put_back: there was no room for the message; it stands first again.
  void put_back(Ticket ticket);
  // answer ends a message's way and gives its results, or its error, to the batch's parts. True if it was the last one
  // of its batch.
  bool answer(const Ticket& ticket, const Result<partition::FastLink::Results>& results);

  // others_under_way: replies will come that make room.
  bool others_under_way(const Ticket& than) const { return weight_ > than.weight; }

 private:
  std::deque<std::shared_ptr<Batch>> batches_;  // each with parts to be sent
  std::uint32_t weight_ = 0;                    // of what is on its way
  bool sending_ = false;                        // since half came back, until all that may be is on its way
};

}  // namespace hsm::api
