#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "partition/channel/doorbell.h"
#include "partition/channel/ring.h"

namespace hsm::partition {

// ChannelShape says how many rings a partition's shared memory holds. Links are the front end's threads and, as the
// last one, the blocking link; workers are the partition's threads for light operations.
struct ChannelShape {
  std::uint32_t links = 0;
  std::uint32_t workers = 0;

  // A lane is one ring pair: each link has one with each worker, the blocking link has one for short and one for long
  // jobs besides. They are numbered link by link.
  std::uint32_t lanes() const { return links * workers + 2; }
  std::uint32_t worker_lane(std::uint32_t link, std::uint32_t worker) const { return link * workers + worker; }
  std::uint32_t short_lane() const { return links * workers; }
  std::uint32_t long_lane() const { return links * workers + 1; }
  std::uint32_t blocking_link() const { return links - 1; }

  // lanes_of gives the lanes that a thread serves, and lane_link the link at a lane's other end.
  std::vector<std::uint32_t> lanes_of(std::uint32_t thread) const;
  std::uint32_t lane_link(std::uint32_t lane) const { return std::min(lane / workers, blocking_link()); }

  // Threads of a partition: the workers, the one for short and the one for long jobs.
  std::uint32_t threads() const { return workers + 2; }
  std::uint32_t short_thread() const { return workers; }
  std::uint32_t long_thread() const { return workers + 1; }

  friend bool operator==(const ChannelShape&, const ChannelShape&) = default;
};
inline constexpr std::uint32_t kLinksMax = 65;    // 64 loop threads and the blocking link
inline constexpr std::uint32_t kWorkersMax = 16;  // a partition
bool valid(const ChannelShape& shape);

// ChannelMemory is the memory that the front end and one partition share: a memfd, sealed against growing and
// shrinking, which is a header, the doorbells of the partition's threads, the alarms of the links, and two rings a
// lane. Not in core dumps.
//
//   memory = header | doorbell × threads | alarm × links | (request control | reply control) × lanes
//            | (request slots | reply slots) × lanes, from a page boundary
class ChannelMemory {
 public:
  // create makes a fresh one. kUnavailable: no memory or descriptors.
  static Result<std::shared_ptr<ChannelMemory>> create(const ChannelShape& shape);
  // open maps one made by the other side. kBadParameter: not sealed, or not of that shape.
  static Result<std::shared_ptr<ChannelMemory>> open(Fd memfd, const ChannelShape& shape);
  ~ChannelMemory();
  ChannelMemory(const ChannelMemory&) = delete;
  ChannelMemory& operator=(const ChannelMemory&) = delete;

  const ChannelShape& shape() const { return shape_; }
  int fd() const { return memfd_.get(); }
  void close_fd() { memfd_.reset(); }  // the mapping stays

  Doorbell& doorbell(std::uint32_t thread) const;
  Alarm& alarm(std::uint32_t link) const;
  // What can be told of a partition's thread from outside: how many batches it has done, and whether it sleeps with
  // nothing to do.
  std::uint32_t turns(std::uint32_t thread) const;
  bool idle(std::uint32_t thread) const;

  RingWriter request_writer(std::uint32_t lane) const;
  RingReader request_reader(std::uint32_t lane) const;
  RingWriter reply_writer(std::uint32_t lane) const;
  RingReader reply_reader(std::uint32_t lane) const;

 private:
  ChannelMemory(Fd memfd, std::uint8_t* base, const ChannelShape& shape);
  RingControl& control(std::uint32_t ring) const;
  RingSlots slots(std::uint32_t ring) const;

  Fd memfd_;
  std::uint8_t* base_;
  ChannelShape shape_;
};

}  // namespace hsm::partition
