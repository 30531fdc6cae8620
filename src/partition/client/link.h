#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "partition/channel/message.h"
#include "partition/client/lane_end.h"
#include "partition/client/request.h"
#include "partition/client/roster.h"

namespace hsm::partition {

// How long a request waits while no partition is open, before it fails with kUnavailable.
inline constexpr std::chrono::seconds kNoPartitionWait{5};
// How often a request is given to a partition that then dies, before it fails with kUnavailable: a request that kills
// partitions must not go on doing so.
inline constexpr unsigned kAttemptsMax = 4;
// How many requests of one link may wait for a partition; more are kThrottled.
inline constexpr std::size_t kWaitingMax = 4096;

// Link is one end of the channel: the rings to every open partition, which requests are in flight on them, and what
// happens when one dies. FastLink and PartitionPool put typed faces on it. Single-threaded.
class Link {
 public:
  // The handler is called once a request. `body` is valid during the call. It returns false for a body that its
  // partition should not have sent: that partition is then reported as broken.
  using Handler = std::function<bool(const Request& request, Result<ByteView> body)>;

  using TimePoint = std::chrono::steady_clock::time_point;
  using Now = TimePoint (*)();

  Link(Roster& roster, unsigned index, Now now = std::chrono::steady_clock::now);

  // submit sends a request, or lets it wait. kThrottled: no room; the handler is not called then.
  Status submit(Request request);
  // likely_partition is where a request of that type would go now; kAnyPartition if no partition is open.
  int likely_partition(MessageType type) const;
  // publish makes what was submitted since the last time visible, wakes sleeping partitions, and asks for a bell when a
  // reply comes. Call it after every drain too.
  void publish();
  // drain takes all replies that have come. The handler may call submit, nothing else.
  void drain(const Handler& handler);
  int event_fd() const { return roster_.bell(index_); }
  std::size_t in_flight() const { return in_flight_.size() - free_.size(); }

 private:
  static constexpr int kNowhere = -1;

  struct InFlight {
    Request request;
    Load load;
    std::uint32_t sequence = 0;  // tells it from earlier users of the same slot
    bool used = false;
    bool with_wrapped = false;
    int partition = kNowhere;
    std::uint32_t lane = 0;
    unsigned deaths = 0;   // of partitions that had it
    TimePoint wait_until;  // while nowhere
  };
  struct Partition {
    std::shared_ptr<ChannelMemory> memory;  // nullptr: not open
    std::vector<LaneEnd> lanes;             // one a worker; for the blocking link short and long besides
    std::uint32_t pending = 0;
    bool broken = false;
    bool armed = false;
    bool usable() const { return memory != nullptr && !broken; }
  };
  struct Place {
    unsigned partition;
    std::uint32_t lane;
  };
  enum class Sent : std::uint8_t { kSent, kFull, kNoneOpen };

  std::uint32_t take_slot(Request request);
  void free_slot(std::uint32_t slot);

  // Places are a request's possible lanes, in order of preference.
  unsigned places(MessageType type) const;
  Place place(MessageType type, unsigned i) const;
  bool may_take(const Request& request, Place place) const;
  int best_place(const Request& request) const;
  Sent send(std::uint32_t slot);
  bool send_to(std::uint32_t slot, Place place);
  void wait(std::uint32_t slot);
  void send_waiting(const Handler& handler);

  void finish(std::uint32_t slot, const Handler& handler, Result<ByteView> body);
  void refresh(const Handler& handler);
  void fail_over(unsigned partition, const Handler& handler);
  void drain_partition(unsigned partition, const Handler& handler);
  bool drain_lane(Place place, const Handler& handler);
  bool take_reply(Place place, const ReplyHeader& header, const Handler& handler);
  void mark_broken(unsigned partition);

  Roster& roster_;
  const unsigned index_;
  const Now now_;
  std::uint64_t roster_version_ = 0;
  std::vector<Partition> partitions_;
  std::vector<InFlight> in_flight_;
  std::vector<std::uint32_t> free_;
  std::deque<std::uint32_t> waiting_;
  std::uint32_t last_armed_ = 0;
  unsigned next_job_ = 0;  // jobs go round
  PerformEncoder encoder_;
  SecretBytes buffer_;  // one reply's body
};

}  // namespace hsm::partition
