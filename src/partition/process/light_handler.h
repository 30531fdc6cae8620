#pragma once
#include <array>

#include "base/random.h"
#include "partition/channel/perform_codec.h"
#include "partition/process/key_cache.h"
#include "partition/process/lane_server.h"

namespace hsm::partition {

// LightHandler is a worker's: cryptographic operations and random bytes. It trusts nobody: whether the key is what its
// id says, allows the operation and suits the algorithm is checked here again.
class LightHandler final : public Handler {
 public:
  // All are shared by the partition's threads.
  LightHandler(Engine& engine, KeyCache& keys, const DomainHolder& domain)
      : engine_(engine), keys_(keys), domain_(domain) {}
  void handle(std::span<const Incoming> batch, LaneServer& replies) override;

 private:
  Status prepare(ByteView body, Job& job, std::shared_ptr<const LoadedKey>& key);
  Result<std::shared_ptr<const LoadedKey>> find_key(const PerformRequest& request);
  void random(const Incoming& request, LaneServer& replies);

  Engine& engine_;
  KeyCache& keys_;
  const DomainHolder& domain_;
  SystemRandom random_;
};

}  // namespace hsm::partition
