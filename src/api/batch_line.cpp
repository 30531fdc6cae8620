#include "api/batch_line.h"

#include <algorithm>
#include <utility>

namespace hsm::api {
namespace {

using partition::FastLink;

// A message takes of the way to the partitions what its work costs, and what room its bytes take in the rings.
constexpr std::uint32_t kSlotWeight = 3;
constexpr std::uint32_t kCostWeight = 2;

std::uint32_t weight_of(const partition::Load& load) {
  return std::max(load.cost * kCostWeight, load.reply_slots * kSlotWeight);
}

// keep copies what results look at into memory of the batch.
void keep(Batch& batch, const BatchLine::Ticket& ticket, FastLink::Results results) {
  std::size_t bytes = 0;
  for (const auto& result : results) {
    if (result) bytes += result->output.size() + result->iv.size() + result->tag.size();
  }
  std::span<std::uint8_t> room = batch.kept.emplace_back(bytes).writable();
  const auto copy = [&room](ByteView& view) {
    std::ranges::copy(view, room.begin());
    view = room.first(view.size());
    room = room.subspan(view.size());
  };
  for (std::size_t i = 0; i < results.size(); ++i) {
    Result<core::CryptoResult>& result = batch.parts[ticket.first + i].result;
    result = results[i];
    if (!result) continue;
    copy(result->output);
    copy(result->iv);
    copy(result->tag);
  }
}

// skip_refused leaves `next` at a part that must be sent, or at the end. False: at the end.
bool skip_refused(Batch& batch) {
  while (batch.next < batch.parts.size() && !batch.parts[batch.next].result) ++batch.next;
  return batch.next < batch.parts.size();
}

// run_of gives the requests from there to the next refused part.
std::span<const core::CryptoRequest> run_of(const Batch& batch) {
  const auto begin = batch.parts.begin() + static_cast<std::ptrdiff_t>(batch.next);
  const auto end = std::find_if(begin, batch.parts.end(), [](const BatchPart& part) { return !part.result; });
  return std::span(batch.requests).subspan(batch.next, static_cast<std::size_t>(end - begin));
}

}  // namespace

void BatchLine::add(std::shared_ptr<Batch> batch) {
  if (skip_refused(*batch)) batches_.push_back(std::move(batch));
}

std::optional<BatchLine::Ticket> BatchLine::next() {
  sending_ = weight_ <= kBatchWeightMax / 2 || (sending_ && weight_ < kBatchWeightMax);
  if (batches_.empty() || !sending_) return std::nullopt;
  const std::shared_ptr<Batch> batch = std::move(batches_.front());
  batches_.pop_front();
  const partition::Message message = partition::first_message(run_of(*batch));
  Ticket ticket{batch, batch->next, message.operations, weight_of(message.load)};
  weight_ += ticket.weight;
  batch->next += ticket.count;
  if (skip_refused(*batch)) batches_.push_back(batch);
  return ticket;
}

void BatchLine::put_back(Ticket ticket) {
  weight_ -= ticket.weight;
  std::erase(batches_, ticket.batch);
  ticket.batch->next = ticket.first;
  batches_.push_front(std::move(ticket.batch));
}

bool BatchLine::answer(const Ticket& ticket, const Result<FastLink::Results>& results) {
  Batch& batch = *ticket.batch;
  weight_ -= ticket.weight;
  if (results) {
    keep(batch, ticket, *results);
  } else {
    for (std::size_t i = 0; i < ticket.count; ++i) {
      batch.parts[ticket.first + i].result = std::unexpected(results.error());
    }
  }
  batch.unanswered -= ticket.count;
  return batch.unanswered == 0;
}

}  // namespace hsm::api
