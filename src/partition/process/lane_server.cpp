#include "partition/process/lane_server.h"

#include <algorithm>
#include <string>
#include <thread>

#include "partition/process/end_process.h"

namespace hsm::partition {
namespace {

// Looking again for a moment is cheaper than a sleep and a wake-up, if there is a core to spare and the next request
// comes soon (reference/measurements.md §5: at most 300 looks). The budget doubles when it helped and halves when it
// did not; it never falls to nothing, so that it can grow again.
constexpr unsigned kSpinsMax = 300;
constexpr unsigned kSpinsMin = 8;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

Lane lane_of(const ChannelShape& shape, std::uint32_t thread) {
  if (thread == shape.short_thread()) return Lane::kShort;
  if (thread == shape.long_thread()) return Lane::kLong;
  return Lane::kWorker;
}

}  // namespace

LaneServer::LaneServer(const ChannelMemory& memory, std::uint32_t thread, std::span<const int> bells,
                       const DomainHolder& domain, Handler& handler)
    : lane_(lane_of(memory.shape(), thread)),
      batch_max_(lane_ == Lane::kWorker ? kBatchMax : 1),
      domain_(domain),
      handler_(handler),
      doorbell_(memory.doorbell(thread)),
      spins_(std::thread::hardware_concurrency() > 1 ? kSpinsMin : 0) {
  for (const std::uint32_t lane : memory.shape().lanes_of(thread)) {
    const std::uint32_t link = memory.shape().lane_link(lane);
    rings_.push_back(
        {memory.request_reader(lane), memory.reply_writer(lane), AlarmRinger(memory.alarm(link), bells[link])});
  }
  for (std::size_t i = 0; i < batch_max_; ++i) buffers_.emplace_back(kBodyBytesMax);
  batch_.reserve(batch_max_);
}

void LaneServer::run(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    if (collect() == 0) {
      wait(stop);
      continue;
    }
    handler_.handle(batch_, *this);
    publish();
    doorbell_.turns.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t i = 0; i < batch_.size(); ++i) wipe(buffers_[i].writable().first(batch_[i].header.body_bytes));
  }
}

// collect takes one request of each ring in turn, beginning after the one that came last in the turn before.
std::size_t LaneServer::collect() {
  batch_.clear();
  std::size_t empty = 0;
  while (batch_.size() < batch_max_ && empty < rings_.size()) {
    next_ring_ = (next_ring_ + 1) % rings_.size();
    empty = take(next_ring_) ? 0 : empty + 1;
  }
  if (!batch_.empty()) {
    for (RingPair& ring : rings_) ring.requests.release();
  }
  return batch_.size();
}

bool LaneServer::take(std::size_t ring) {
  Incoming incoming{.ring = ring};
  SecretBytes& buffer = buffers_[batch_.size()];
  const ReadResult result = rings_[ring].requests.read(incoming.header, buffer.writable());
  if (result == ReadResult::kBroken) end_process("malformed frame");
  if (result == ReadResult::kEmpty) return false;
  const MessageRow* row = find_row(incoming.header.type);
  if (row == nullptr) end_process("unknown message");
  if (row->phase != domain_.phase()) end_process("message of another phase");
  if (row->lane != lane_) end_process("message on another lane");
  incoming.body = buffer.reveal().first(incoming.header.body_bytes);
  batch_.push_back(incoming);
  return true;
}

void LaneServer::reply(const Incoming& request, Parts body) {
  write(request, {.id = request.header.id}, body);
}

void LaneServer::reply(const Incoming& request, const Error& error) {
  say_if_internal(error);
  const ByteView message = bytes_of(error.message).first(std::min(error.message.size(), kErrorMessageBytesMax));
  const auto number = static_cast<std::uint8_t>(static_cast<unsigned>(error.code) + 1);
  write(request, {.error = number, .id = request.header.id}, Parts(&message, 1));
}

void LaneServer::write(const Incoming& request, const ReplyHeader& header, Parts body) {
  if (rings_[request.ring].replies.write(header, body) != WriteResult::kWritten) {
    end_process("no room for a reply");
  }
}

void LaneServer::publish() {
  for (RingPair& ring : rings_) {
    if (ring.replies.publish()) ring.alarm.ring_if_armed();
  }
}

bool LaneServer::work_waits() const {
  return !std::ranges::all_of(rings_, [](const RingPair& ring) { return ring.requests.empty(); });
}

void LaneServer::wait(const std::atomic<bool>& stop) {
  for (unsigned i = 0; i < spins_; ++i) {
    if (work_waits()) {
      spins_ = std::min(spins_ * 2, kSpinsMax);
      return;
    }
    pause();
  }
  if (spins_ != 0) spins_ = std::max(spins_ / 2, kSpinsMin);
  doorbell_.sleep_unless([this, &stop] { return stop.load() || work_waits(); });
}

}  // namespace hsm::partition
