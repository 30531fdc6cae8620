#include "api/batch_line.h"

#include <algorithm>
#include <utility>

#include "partition/client/fast_link.h"

namespace hsm::api {
namespace {

// A part takes of the way to the partitions what its work costs, and what room its bytes take in the rings.
constexpr std::uint32_t kSlotWeight = 3;
constexpr std::uint32_t kCostWeight = 2;

std::uint32_t weight_of(const core::CryptoRequest& request) {
  const partition::Load load = partition::FastLink::load_of(request);
  return std::max(load.cost * kCostWeight, load.reply_slots * kSlotWeight);
}

// skip_answered leaves `next` at a part that must be sent, or at the end.
void skip_answered(Batch& batch) {
  while (batch.next < batch.parts.size() && batch.parts[batch.next].result) ++batch.next;
}

}  // namespace

void BatchLine::add(std::shared_ptr<Batch> batch) {
  skip_answered(*batch);
  if (batch->next < batch->parts.size()) batches_.push_back(std::move(batch));
}

std::optional<BatchLine::Ticket> BatchLine::next() {
  sending_ = weight_ <= kBatchWeightMax / 2 || (sending_ && weight_ < kBatchWeightMax);
  if (batches_.empty() || !sending_) return std::nullopt;
  Batch& batch = *batches_.front();
  Ticket ticket{batches_.front(), batch.next, weight_of(batch.parts[batch.next].request)};
  weight_ += ticket.weight;
  ++batch.next;
  skip_answered(batch);
  const bool all_sent = batch.next == batch.parts.size();
  if (all_sent || ++turn_ == kBatchTurn) {
    if (!all_sent) batches_.push_back(batches_.front());
    batches_.pop_front();
    turn_ = 0;
  }
  return ticket;
}

void BatchLine::put_back(Ticket ticket) {
  weight_ -= ticket.weight;
  std::erase(batches_, ticket.batch);
  ticket.batch->next = ticket.part;
  batches_.push_front(std::move(ticket.batch));
  turn_ = 0;
}

bool BatchLine::answer(const Ticket& ticket, Result<core::CryptoReply> result) {
  weight_ -= ticket.weight;
  ticket.batch->parts[ticket.part].result = std::move(result);
  return --ticket.batch->unanswered == 0;
}

}  // namespace hsm::api
