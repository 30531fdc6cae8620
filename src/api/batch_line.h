#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "api/keys/batch.h"

namespace hsm::api {

// kBatchWeightMax bounds what all batches of a loop have on the way to an instance's partitions, in the weights of
// their parts: 128 light operations, a third of the rings at least being left to others, or eight RSA signatures. When
// half of it has come back the next are sent: every few would wake the partitions for little.
inline constexpr std::uint32_t kBatchWeightMax = 384;
// kBatchTurn is how many parts of one batch are sent before the next batch has its turn: what a partition's worker
// takes at once.
inline constexpr unsigned kBatchTurn = 8;

// BatchLine is where the batches of one loop and one instance stand while parts of them are still to be sent. They take
// turns, so that a long one does not keep the others. Single-threaded.
class BatchLine {
 public:
  // Ticket is one part on its way. It keeps the batch alive.
  struct Ticket {
    std::shared_ptr<Batch> batch;
    std::size_t part = 0;
    std::uint32_t weight = 0;
    const core::CryptoRequest& request() const { return batch->parts[part].request; }
  };

  // add puts a batch at the end of the line.
  void add(std::shared_ptr<Batch> batch);
  // next is the part to be sent now; none if nothing waits or enough is on its way.
  std::optional<Ticket> next();
  // put_back: there was no room for the part; it stands first again.
  void put_back(Ticket ticket);
  // answer ends a part's way. True if it was the last one of its batch.
  bool answer(const Ticket& ticket, Result<core::CryptoReply> result);

  // others_under_way: replies will come that make room.
  bool others_under_way(const Ticket& than) const { return weight_ > than.weight; }

 private:
  std::deque<std::shared_ptr<Batch>> batches_;  // each with a part to be sent
  unsigned turn_ = 0;                           // parts that the first one has sent
  std::uint32_t weight_ = 0;                    // of what is on its way
  bool sending_ = false;                        // since half came back, until all that may be is on its way
};

}  // namespace hsm::api
