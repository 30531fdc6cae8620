#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"
#include "partition/client/lane_end.h"
#include "partition/client/roster.h"

namespace hsm::partition {

// How long a request waits while no partition is open, before it fails with kUnavailable.
inline constexpr std::chrono::seconds kNoPartitionWait{5};
// How often a request is given to a partition that then dies, before it fails with kUnavailable: a request that kills
// partitions must not go on doing so.
inline constexpr unsigned kAttemptsMax = 4;
// How many requests of one link may wait for a partition; more are kThrottled.
inline constexpr std::size_t kWaitingMax = 4096;

// Request is one message on its way. What its views look at must stay until the reply has come: nothing is copied, so
// that a request can be encoded again for another partition and no copy needs wiping.
struct Request {
  MessageType type = MessageType::kPerform;
  std::uint64_t tag = 0;           // the caller's
  core::CryptoRequest perform;     // kPerform
  std::uint32_t random_bytes = 0;  // kRandom
  ByteView body;                   // all others
};

// Link is one end of the channel: the rings to every open partition, which requests are in flight on them, and what
// happens when one dies. FastLink and PartitionPool put typed faces on it. Single-threaded.
class Link {
 public:
  // The handler is called once a request. `body` is valid during the call. It returns false for a body that its
  // partition should not have sent: that partition is then reported as broken.
  using Handler = std::function<bool(MessageType type, std::uint64_t tag, Result<ByteView> body)>;

  Link(Roster& roster, unsigned index);

  Status submit(Request request);
  void publish();
  void drain(const Handler& handler);
  int event_fd() const { return roster_.bell(index_); }
  std::size_t in_flight() const { return in_flight_.size() - free_.size(); }

 private:
  static constexpr int kNowhere = -1;
  using TimePoint = std::chrono::steady_clock::time_point;

  struct InFlight {
    Request request;
    std::uint32_t sequence = 0;  // told apart from earlier users of the same slot
    bool used = false;
    bool with_wrapped = false;
    int partition = kNowhere;
    std::uint32_t lane = 0;
    unsigned attempts = 0;
    Load load;
    TimePoint wait_until;  // while nowhere
  };
  struct Partition {
    std::shared_ptr<ChannelMemory> memory;  // nullptr: not open
    std::vector<LaneEnd> lanes;
    bool broken = false;
  };
  enum class Sent : std::uint8_t { kSent, kFull, kNoneOpen };

  std::uint32_t take_slot(Request request);
  void free_slot(std::uint32_t slot);
  Sent send(std::uint32_t slot);
  bool send_on(std::uint32_t slot, unsigned partition, std::uint32_t lane);
  void wait(std::uint32_t slot);
  void send_waiting(const Handler& handler);
  void finish(std::uint32_t slot, const Handler& handler, Result<ByteView> body);

  void refresh(const Handler& handler);
  void fail_over(unsigned partition, const Handler& handler);
  void drain_partition(unsigned partition, const Handler& handler);
  void drain_lane(unsigned partition, LaneEnd& lane, const Handler& handler);
  bool take_reply(unsigned partition, LaneEnd& lane, const ReplyHeader& header, const Handler& handler);
  void mark_broken(unsigned partition);
  void arm();
  void disarm();

  Roster& roster_;
  const unsigned index_;
  std::uint64_t roster_version_ = 0;
  std::vector<Partition> partitions_;
  std::vector<InFlight> in_flight_;
  std::vector<std::uint32_t> free_;
  std::deque<std::uint32_t> waiting_;
  std::uint32_t next_arm_ = 0;
  bool armed_ = false;
  unsigned next_job_ = 0;  // round robin of short and long jobs
  SecretBytes buffer_;     // one reply's body
};

}  // namespace hsm::partition
