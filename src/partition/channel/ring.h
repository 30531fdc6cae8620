#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/bytes.h"
#include "base/secret_bytes.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// A ring carries messages one way through shared memory, from one producer thread to one consumer thread (measured in
// reference/measurements.md §5). A message is a header and a body in as many consecutive slots as they need, 1 to
// kMessageSlotsMax, wrapping around at the end.
//
// Neither side trusts the other: counters are checked before they are used, and a message is copied out before anything
// looks at it. Consumed slots are wiped, since they may have held a key or a plaintext.
inline constexpr std::size_t kSlotBytes = 2048;
inline constexpr std::size_t kRingSlots = 128;
inline constexpr std::size_t kRingBytes = kSlotBytes * kRingSlots;
inline constexpr std::size_t kMessageSlotsMax = (kBodyBytesMax + sizeof(RequestHeader)) / kSlotBytes;
static_assert(std::has_single_bit(kRingSlots) && kMessageSlotsMax == 32);

// What the two sides tell each other, each on a cache line of its own: slots ever published and ever consumed.
struct RingControl {
  alignas(64) std::atomic<std::uint32_t> head;
  alignas(64) std::atomic<std::uint32_t> tail;
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

using RingSlots = std::span<std::uint8_t, kRingBytes>;
using Parts = std::span<const ByteView>;  // a body in pieces, which are written one behind the other

constexpr std::uint32_t slots_of(std::size_t body_bytes) {
  return static_cast<std::uint32_t>((sizeof(RequestHeader) + body_bytes + kSlotBytes - 1) / kSlotBytes);
}
inline std::size_t bytes_in(Parts parts) {
  std::size_t total = 0;
  for (const ByteView part : parts) total += part.size();
  return total;
}

enum class WriteResult : std::uint8_t { kWritten, kFull, kBroken };  // kBroken: the other side's counter is impossible
enum class ReadResult : std::uint8_t { kEmpty, kMessage, kBroken };  // kBroken: that, or a malformed header

// RingWriter is the producer's end. What it wrote is seen by the consumer after publish.
class RingWriter {
 public:
  RingWriter(RingControl& control, RingSlots slots)
      : control_(&control), slots_(slots), head_(control.head.load(std::memory_order_relaxed)), published_(head_) {}

  // write sets header.body_bytes. The body must not exceed kBodyBytesMax.
  template <class Header>
  WriteResult write(Header header, Parts parts) {
    static_assert(sizeof(Header) == sizeof(RequestHeader));
    const std::size_t body_bytes = bytes_in(parts);
    const std::uint32_t slots = slots_of(body_bytes);
    const std::uint32_t used = head_ - control_->tail.load(std::memory_order_acquire);
    if (used > kRingSlots || body_bytes > kBodyBytesMax) return WriteResult::kBroken;
    if (kRingSlots - used < slots) return WriteResult::kFull;
    header.body_bytes = static_cast<std::uint32_t>(body_bytes);
    std::size_t at = offset(head_);
    at = put(at, {reinterpret_cast<const std::uint8_t*>(&header), sizeof header});
    for (const ByteView part : parts) at = put(at, part);
    head_ += slots;
    return WriteResult::kWritten;
  }

  // publish returns false if there was nothing new. Sequentially consistent, so that the caller's look at the
  // consumer's sleeping flag comes after it (doorbell.h).
  bool publish() {
    if (head_ == published_) return false;
    published_ = head_;
    control_->head.store(head_, std::memory_order_seq_cst);
    return true;
  }

 private:
  static std::size_t offset(std::uint32_t slot) { return (slot % kRingSlots) * kSlotBytes; }

  std::size_t put(std::size_t at, ByteView bytes) {
    const std::size_t first = std::min(bytes.size(), kRingBytes - at);
    if (first != 0) std::memcpy(slots_.data() + at, bytes.data(), first);
    if (first != bytes.size()) std::memcpy(slots_.data(), bytes.data() + first, bytes.size() - first);
    return (at + bytes.size()) % kRingBytes;
  }

  RingControl* control_;
  RingSlots slots_;
  std::uint32_t head_;
  std::uint32_t published_;
};

// RingReader is the consumer's end. The producer gets the slots of what was read back at release.
class RingReader {
 public:
  RingReader(RingControl& control, RingSlots slots)
      : control_(&control), slots_(slots), tail_(control.tail.load(std::memory_order_relaxed)), head_(tail_) {}

  // empty looks at the shared counter, sequentially consistent: see doorbell.h.
  bool empty() const { return control_->head.load(std::memory_order_seq_cst) == tail_; }

  // read copies the next message out: the header, and header.body_bytes bytes into `body`, which has room for
  // kBodyBytesMax.
  template <class Header>
  ReadResult read(Header& header, std::span<std::uint8_t> body) {
    static_assert(sizeof(Header) == sizeof(RequestHeader));
    if (head_ == tail_) {
      head_ = control_->head.load(std::memory_order_acquire);
      if (head_ == tail_) return ReadResult::kEmpty;
      if (head_ - tail_ > kRingSlots) return ReadResult::kBroken;
    }
    const std::size_t at = (tail_ % kRingSlots) * kSlotBytes;
    std::memcpy(&header, slots_.data() + at, sizeof header);  // a header never wraps: slots are larger
    if (header.body_bytes > kBodyBytesMax || header.body_bytes > body.size()) return ReadResult::kBroken;
    if (header.zero != decltype(header.zero){}) return ReadResult::kBroken;
    const std::uint32_t slots = slots_of(header.body_bytes);
    if (slots > head_ - tail_) return ReadResult::kBroken;
    take(at + sizeof header, body.first(header.body_bytes));
    tail_ += slots;
    return ReadResult::kMessage;
  }

  void release() {
    if (control_->tail.load(std::memory_order_relaxed) != tail_) {
      control_->tail.store(tail_, std::memory_order_release);
    }
  }

 private:
  // take copies out and wipes.
  void take(std::size_t at, std::span<std::uint8_t> out) {
    const std::size_t first = std::min(out.size(), kRingBytes - at);
    take_piece(slots_.subspan(at, first), out.first(first));
    take_piece(slots_.first(out.size() - first), out.subspan(first));
  }
  static void take_piece(std::span<std::uint8_t> from, std::span<std::uint8_t> to) {
    if (from.empty()) return;
    std::memcpy(to.data(), from.data(), from.size());
    wipe(from);
  }

  RingControl* control_;
  RingSlots slots_;
  std::uint32_t tail_;
  std::uint32_t head_;  // as far as we know; at most what the producer has published
};

}  // namespace hsm::partition
