#pragma once
#include "base/random.h"
#include "base/secret_bytes.h"
#include "core/engine_info.h"
#include "partition/process/open_domain.h"

namespace hsm::partition {

// Control is the conversation with the supervisor over the socket pair: it opens the domain. One datagram is one
// message. The node's seal key is wiped once the domain is open.
class Control {
 public:
  Control(int socket, SecretBytes seal_key, DomainHolder& domain)
      : socket_(socket), seal_key_(std::move(seal_key)), domain_(domain) {}

  // say_ready and say_failed are the first word of a partition (channel/launch.h).
  void say_ready(const core::EngineInfo& engine);
  void say_failed(const Error& error);

  // run answers until the supervisor closes its end.
  void run();

 private:
  void answer(std::uint64_t id, const Result<SecretBytes>& reply);
  Result<SecretBytes> create_domain(ByteView body);
  Result<SecretBytes> open_domain(ByteView body);

  int socket_;
  SecretBytes seal_key_;
  DomainHolder& domain_;
  SystemRandom random_;
};

}  // namespace hsm::partition
