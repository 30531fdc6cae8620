#include "api/fast_lane.h"

#include <utility>

namespace hsm::api {

using partition::FastLink;

void FastLane::perform(const CallPointer& call) {
  send(call, [this, &call](std::uint64_t tag) { return link_.submit(call->crypto, tag); });
}

void FastLane::random(const CallPointer& call, std::size_t bytes) {
  send(call, [this, bytes](std::uint64_t tag) { return link_.submit_random(bytes, tag); });
}

void FastLane::perform_batch(const CallPointer& call) {
  if (call->batch->unanswered == 0) return receiver_.batch_done(call);
  batches_.add(std::shared_ptr<Batch>(call, call->batch.get()));
  send_batches();
}

void FastLane::drain() {
  used_ = true;
  link_.drain([this](std::uint64_t tag, const Result<FastLink::Results>& results) { replied(tag, results); });
  send_batches();
}

void FastLane::publish() {
  if (std::exchange(used_, false)) link_.publish();
}

std::uint64_t FastLane::keep(InFlight entry) {
  if (free_tags_.empty()) {
    free_tags_.push_back(in_flight_.size());
    in_flight_.emplace_back();
  }
  const std::uint64_t tag = free_tags_.back();
  free_tags_.pop_back();
  in_flight_[tag] = std::move(entry);
  return tag;
}

FastLane::InFlight FastLane::take(std::uint64_t tag) {
  free_tags_.push_back(tag);
  return std::exchange(in_flight_.at(tag), nullptr);
}

template <class Submit>
void FastLane::send(const CallPointer& call, Submit submit) {
  used_ = true;
  const std::uint64_t tag = keep(call);
  const Status submitted = submit(tag);
  if (submitted) return;
  take(tag);
  receiver_.replied(call, std::unexpected(submitted.error()));
}

// Sends what may be on its way at once; the replies to it bring the rest here.
void FastLane::send_batches() {
  while (auto ticket = batches_.next()) {
    used_ = true;
    const std::span<const core::CryptoRequest> requests = ticket->requests();
    const std::uint64_t tag = keep(std::move(*ticket));
    const Status submitted = link_.submit(requests, tag);
    if (submitted) continue;
    ticket = std::get<BatchLine::Ticket>(take(tag));
    if (submitted.error().code == Errc::kThrottled && batches_.others_under_way(*ticket)) {
      return batches_.put_back(std::move(*ticket));
    }
    answer(*ticket, std::unexpected(submitted.error()));
  }
}

void FastLane::replied(std::uint64_t tag, const Result<FastLink::Results>& results) {
  const InFlight entry = take(tag);
  if (const auto* ticket = std::get_if<BatchLine::Ticket>(&entry)) return answer(*ticket, results);
  receiver_.replied(std::get<CallPointer>(entry), results ? results->front() : std::unexpected(results.error()));
}

void FastLane::answer(const BatchLine::Ticket& ticket, const Result<FastLink::Results>& results) {
  if (batches_.answer(ticket, results)) receiver_.batch_done(CallPointer(ticket.batch, ticket.batch->call));
}

}  // namespace hsm::api
