#pragma once
#include <vector>

#include "base/random.h"
#include "partition/channel/perform_codec.h"
#include "partition/process/key_cache.h"
#include "partition/process/lane_server.h"

namespace hsm::partition {

// LightHandler is a worker's: cryptographic operations and random bytes. It trusts nobody: whether the key is what its
// id says, allows the operation and suits the algorithm is checked here again. The operations of all messages of a
// batch go to the engine together.
class LightHandler final : public Handler {
 public:
  // All are shared by the partition's threads.
  LightHandler(Engine& engine, KeyCache& keys, const DomainHolder& domain)
      : engine_(engine), keys_(keys), domain_(domain) {}
  void handle(std::span<const Incoming> batch, LaneServer& replies) override;

 private:
  // Asked is a message whose operations are being done: the next `operations` of checks_.
  struct Asked {
    const Incoming* message;
    std::shared_ptr<const LoadedKey> key;
    std::size_t operations;
  };
  Status take(const Incoming& message);
  void random(const Incoming& message, LaneServer& replies);
  Result<std::shared_ptr<const LoadedKey>> find_key(const PerformRequest& request);
  void answer(LaneServer& replies);

  Engine& engine_;
  KeyCache& keys_;
  const DomainHolder& domain_;
  SystemRandom random_;
  // One batch, in memory that is used again.
  PerformRequest request_;
  std::vector<Asked> asked_;
  std::vector<Status> checks_;  // of every operation; those that passed have a job
  std::vector<Job> jobs_;
  PerformReplyEncoder reply_;
};

}  // namespace hsm::partition
