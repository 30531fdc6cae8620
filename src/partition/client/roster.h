#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "partition/channel/channel_memory.h"

namespace hsm::partition {

// Roster says which partitions of an instance are open at the moment, by the shared memory of each. The supervisor
// writes it, links read it: a restarted partition has fresh memory, which is how links tell it from the one that died.
// It also owns the links' bells, the eventfds that partitions write to. Thread-safe.
class Roster {
 public:
  // kUnavailable: no descriptors are left.
  static Result<std::unique_ptr<Roster>> create(unsigned partitions, ChannelShape shape);

  unsigned partitions() const { return static_cast<unsigned>(open_.size()); }
  const ChannelShape& shape() const { return shape_; }
  int bell(unsigned link) const { return bells_[link].get(); }

  void open(unsigned partition, std::shared_ptr<ChannelMemory> memory);
  void close(unsigned partition);

  // version changes with each open and close: a cheap look before taking a snapshot (nullptr: not open).
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::vector<std::shared_ptr<ChannelMemory>> snapshot() const;

  // report_broken is how a link tells that a partition sent something malformed; the supervisor ends such a partition.
  void report_broken(unsigned partition, const ChannelMemory* memory);
  // take_broken returns those reported since the last call and still current.
  std::vector<unsigned> take_broken();

  // ring wakes every link, so that it looks at the roster and at its requests' deadlines.
  void ring();

 private:
  Roster(unsigned partitions, ChannelShape shape, std::vector<Fd> bells)
      : shape_(shape), bells_(std::move(bells)), open_(partitions) {}

  const ChannelShape shape_;
  const std::vector<Fd> bells_;
  std::atomic<std::uint64_t> version_{1};
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<ChannelMemory>> open_;
  std::vector<unsigned> broken_;
};

}  // namespace hsm::partition
