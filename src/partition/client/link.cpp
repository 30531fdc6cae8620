#include "partition/client/link.h"

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace hsm::partition {
namespace {

std::uint64_t id_of(std::uint32_t slot, std::uint32_t sequence) {
  return std::uint64_t{sequence} << 32 | slot;
}

// error_of makes the error that a partition sent. The caller has checked the number.
Error error_of(const ReplyHeader& header, ByteView body) {
  const auto code = static_cast<Errc>(header.error - 1);
  if (code == Errc::kKeyNotLoaded) return {Errc::kInternal, "the partition did not take the key", {}};
  return {code, std::string(text_of(body)), {}};
}

}  // namespace

Link::Link(Roster& roster, unsigned index, Now now)
    : roster_(roster), index_(index), now_(now), partitions_(roster.partitions()), buffer_(kBodyBytesMax) {}

Status Link::submit(Request request) {
  const std::uint32_t slot = take_slot(std::move(request));
  const Sent sent = send(slot);
  if (sent == Sent::kFull || (sent == Sent::kNoneOpen && waiting_.size() >= kWaitingMax)) {
    free_slot(slot);
    return fail(Errc::kThrottled, "too many requests wait");
  }
  if (sent == Sent::kNoneOpen) wait(slot);
  return {};
}

void Link::publish() {
  for (Partition& partition : partitions_) {
    if (partition.memory == nullptr) continue;
    for (LaneEnd& lane : partition.lanes) {
      if (lane.requests.publish()) lane.doorbell->ring_if_asleep();
    }
    if (partition.pending == 0 || partition.armed) continue;
    if (++last_armed_ == 0) ++last_armed_;
    partition.armed = true;
    partition.memory->alarm(index_).armed.store(last_armed_, std::memory_order_seq_cst);
    // A reply that came before the alarm was armed rings no bell.
    if (!std::ranges::all_of(partition.lanes, [](const LaneEnd& lane) { return lane.replies.empty(); })) {
      ring_event(event_fd());
    }
  }
}

void Link::drain(const Handler& handler) {
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto got = ::read(event_fd(), &rings, sizeof rings);
  for (Partition& partition : partitions_) {
    if (!std::exchange(partition.armed, false)) continue;
    partition.memory->alarm(index_).armed.store(0, std::memory_order_relaxed);
  }
  if (roster_.version() != roster_version_) refresh(handler);
  for (unsigned i = 0; i < partitions_.size(); ++i) drain_partition(i, handler);
  if (!waiting_.empty()) send_waiting(handler);
}

std::uint32_t Link::take_slot(Request request) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(in_flight_.size()));
    in_flight_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  InFlight& entry = in_flight_[slot];
  entry.load = load_of(request);
  entry.request = std::move(request);
  ++entry.sequence;
  entry.used = true;
  entry.with_wrapped = false;
  entry.partition = kNowhere;
  entry.deaths = 0;
  return slot;
}

void Link::free_slot(std::uint32_t slot) {
  in_flight_[slot].used = false;
  in_flight_[slot].request = {};
  free_.push_back(slot);
}

// Light operations may go to any worker of any partition. Links begin with different ones, so that each has a favourite
// and its requests gather into batches. Jobs have one lane in each partition.
unsigned Link::places(MessageType type) const {
  const bool light = find_row(type)->lane == Lane::kWorker;
  return roster_.partitions() * (light ? roster_.shape().workers : 1);
}

Link::Place Link::place(MessageType type, unsigned i) const {
  const Lane lane = find_row(type)->lane;
  const unsigned count = roster_.partitions();
  const std::uint32_t workers = roster_.shape().workers;
  if (lane != Lane::kWorker) return {(next_job_ + i) % count, lane == Lane::kShort ? workers : workers + 1};
  const unsigned favourite = (index_ + i) % (count * workers);
  return {favourite % count, favourite / count};
}

int Link::likely_partition(MessageType type) const {
  const int best = best_place({.type = type});
  return best < 0 ? kAnyPartition : static_cast<int>(place(type, static_cast<unsigned>(best)).partition);
}

bool Link::may_take(const Request& request, Place place) const {
  return partitions_[place.partition].usable() &&
         (request.only == kAnyPartition || request.only == static_cast<int>(place.partition));
}

// best_place returns the first place that is not busy, else the least busy one, or -1 if no partition for it is open.
int Link::best_place(const Request& request) const {
  const bool light = find_row(request.type)->lane == Lane::kWorker;
  const std::uint32_t enough = light ? kSpillCost : 1;
  int best = -1;
  std::uint32_t best_cost = std::numeric_limits<std::uint32_t>::max();
  for (unsigned i = 0; i < places(request.type); ++i) {
    const Place at = place(request.type, i);
    if (!may_take(request, at)) continue;
    const std::uint32_t cost = partitions_[at.partition].lanes[at.lane].cost;
    if (cost < enough) return static_cast<int>(i);
    if (cost < best_cost) {
      best = static_cast<int>(i);
      best_cost = cost;
    }
  }
  return best;
}

Link::Sent Link::send(std::uint32_t slot) {
  const MessageType type = in_flight_[slot].request.type;
  const int best = best_place(in_flight_[slot].request);
  if (best < 0) return Sent::kNoneOpen;
  bool sent = send_to(slot, place(type, static_cast<unsigned>(best)));
  for (unsigned i = 0; !sent && i < places(type); ++i) sent = send_to(slot, place(type, i));
  if (!sent) return Sent::kFull;
  if (find_row(type)->lane != Lane::kWorker) ++next_job_;
  return Sent::kSent;
}

bool Link::send_to(std::uint32_t slot, Place place) {
  InFlight& entry = in_flight_[slot];
  Partition& partition = partitions_[place.partition];
  if (!may_take(entry.request, place)) return false;
  LaneEnd& lane = partition.lanes[place.lane];
  if (!lane.has_room_for_reply(entry.load)) return false;
  const WriteResult result =
      write(lane.requests, id_of(slot, entry.sequence), entry.request, entry.with_wrapped, encoder_);
  if (result == WriteResult::kBroken) mark_broken(place.partition);
  if (result != WriteResult::kWritten) return false;
  lane.add(entry.load);
  ++partition.pending;
  entry.partition = static_cast<int>(place.partition);
  entry.lane = place.lane;
  return true;
}

void Link::wait(std::uint32_t slot) {
  in_flight_[slot].partition = kNowhere;
  in_flight_[slot].wait_until = now_() + kNoPartitionWait;
  waiting_.push_back(slot);
}

void Link::send_waiting(const Handler& handler) {
  const TimePoint now = now_();
  for (std::size_t left = waiting_.size(); left != 0; --left) {
    const std::uint32_t slot = waiting_.front();
    waiting_.pop_front();
    if (send(slot) == Sent::kSent) continue;
    if (now < in_flight_[slot].wait_until) {
      waiting_.push_back(slot);
    } else {
      finish(slot, handler, fail(Errc::kUnavailable, "no partition answers at the moment"));
    }
  }
}

void Link::finish(std::uint32_t slot, const Handler& handler, Result<ByteView> body) {
  const int partition = in_flight_[slot].partition;
  const Request request = in_flight_[slot].request;
  free_slot(slot);  // before the handler, which may submit
  if (!handler(request, std::move(body)) && partition != kNowhere) mark_broken(static_cast<unsigned>(partition));
}

// refresh brings partitions_ up to date with the roster. Replies that a dead partition had still published count.
void Link::refresh(const Handler& handler) {
  roster_version_ = roster_.version();
  const auto current = roster_.snapshot();
  const ChannelShape& shape = roster_.shape();
  for (unsigned i = 0; i < partitions_.size(); ++i) {
    if (partitions_[i].memory == current[i]) continue;
    if (partitions_[i].memory != nullptr) {
      drain_partition(i, handler);
      fail_over(i, handler);
    }
    Partition fresh;
    fresh.memory = current[i];
    const auto add_lane = [&fresh](std::uint32_t lane, std::uint32_t thread) {
      fresh.lanes.push_back({.requests = fresh.memory->request_writer(lane),
                             .replies = fresh.memory->reply_reader(lane),
                             .doorbell = &fresh.memory->doorbell(thread)});
    };
    for (std::uint32_t w = 0; fresh.memory != nullptr && w < shape.workers; ++w) {
      add_lane(shape.worker_lane(index_, w), w);
    }
    if (fresh.memory != nullptr && index_ == shape.blocking_link()) {
      add_lane(shape.short_lane(), shape.short_thread());
      add_lane(shape.long_lane(), shape.long_thread());
    }
    partitions_[i] = std::move(fresh);
  }
}

void Link::fail_over(unsigned partition, const Handler& handler) {
  partitions_[partition].broken = true;  // the handler may submit: not to this one
  const std::size_t count = in_flight_.size();
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    InFlight& entry = in_flight_[slot];
    if (!entry.used || entry.partition != static_cast<int>(partition)) continue;
    entry.with_wrapped = false;
    if (++entry.deaths < kAttemptsMax) {
      wait(slot);
    } else {
      finish(slot, handler, fail(Errc::kUnavailable, "the partitions that were asked have ended"));
    }
  }
}

void Link::drain_partition(unsigned partition, const Handler& handler) {
  for (std::uint32_t lane = 0; lane < partitions_[partition].lanes.size(); ++lane) {
    if (partitions_[partition].broken) return;
    if (partitions_[partition].lanes[lane].pending == 0) continue;
    if (!drain_lane({partition, lane}, handler)) mark_broken(partition);
  }
}

bool Link::drain_lane(Place place, const Handler& handler) {
  RingReader& replies = partitions_[place.partition].lanes[place.lane].replies;
  ReplyHeader header;
  ReadResult result = ReadResult::kEmpty;
  bool good = true;
  while (good && (result = replies.read(header, buffer_.writable())) == ReadResult::kMessage) {
    good = take_reply(place, header, handler);
    wipe(buffer_.writable().first(header.body_bytes));
  }
  replies.release();
  return good && result != ReadResult::kBroken;
}

bool Link::take_reply(Place place, const ReplyHeader& header, const Handler& handler) {
  const auto slot = static_cast<std::uint32_t>(header.id);
  if (slot >= in_flight_.size() || header.error > static_cast<std::uint8_t>(Errc::kCount_)) return false;
  InFlight& entry = in_flight_[slot];
  if (!entry.used || header.id != id_of(slot, entry.sequence) || entry.partition != static_cast<int>(place.partition) ||
      entry.lane != place.lane) {
    return false;
  }
  partitions_[place.partition].lanes[place.lane].remove(entry.load);
  --partitions_[place.partition].pending;
  const ByteView body = buffer_.reveal().first(header.body_bytes);
  if (header.error == 0) {
    finish(slot, handler, body);
    return true;
  }
  const bool key_missing = header.error == static_cast<std::uint8_t>(Errc::kKeyNotLoaded) + 1;
  if (key_missing && !entry.with_wrapped && entry.request.type == MessageType::kPerform) {
    entry.with_wrapped = true;
    if (!send_to(slot, place)) wait(slot);
    return true;
  }
  finish(slot, handler, std::unexpected(error_of(header, body)));
  return true;
}

void Link::mark_broken(unsigned partition) {
  if (std::exchange(partitions_[partition].broken, true)) return;
  roster_.report_broken(partition, partitions_[partition].memory.get());
}

}  // namespace hsm::partition
