#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/secret_bytes.h"
#include "partition/channel/channel_memory.h"
#include "partition/process/open_domain.h"

namespace hsm::partition {

// kBatchMax: the lanes of a multi-buffer RSA or EC operation (design §12).
inline constexpr std::size_t kBatchMax = 8;

// Incoming is a request that was copied out of its ring and is allowed by the table of messages.
struct Incoming {
  RequestHeader header;
  ByteView body;
  std::size_t ring = 0;  // where it came from
};

class LaneServer;

// Handler does the work of one thread. It answers each request of a batch exactly once, in any order.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(std::span<const Incoming> batch, LaneServer& replies) = 0;
};

// LaneServer is a thread of a partition: takes requests in batches from its rings, fairly, has the handler answer them,
// publishes the replies at once, and sleeps when there is nothing to do. It ends the process for a message that is
// malformed, or not allowed in this phase or on this lane, and when a reply finds no room, which the front end keeps.
class LaneServer {
 public:
  // `thread` as numbered by ChannelShape; `bells` are the links' eventfds.
  LaneServer(const ChannelMemory& memory, std::uint32_t thread, std::span<const int> bells, const DomainHolder& domain,
             Handler& handler);

  // run serves until `stop`; whoever sets that rings the doorbell.
  void run(const std::atomic<bool>& stop);

  // For the handler.
  void reply(const Incoming& request, Parts body);
  void reply(const Incoming& request, const Error& error);

 private:
  struct RingPair {
    RingReader requests;
    RingWriter replies;
    AlarmRinger alarm;
  };
  std::size_t collect();
  bool take(std::size_t ring);
  void write(const Incoming& request, const ReplyHeader& header, Parts body);
  void publish();
  void wait(const std::atomic<bool>& stop);
  bool work_waits() const;

  const Lane lane_;
  const std::size_t batch_max_;
  const DomainHolder& domain_;
  Handler& handler_;
  Doorbell& doorbell_;
  std::vector<RingPair> rings_;
  std::vector<SecretBytes> buffers_;  // bodies of the batch
  std::vector<Incoming> batch_;
  std::size_t next_ring_ = 0;
  unsigned spins_;  // looks before going to sleep; follows how often looking helped
};

}  // namespace hsm::partition
