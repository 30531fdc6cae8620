#pragma once
#include "base/clock.h"
#include "base/random.h"
#include "partition/authority/fetched_keys.h"
#include "partition/engine/engine.h"
#include "partition/engine/wrapped_key.h"
#include "partition/process/lane_server.h"

namespace hsm::partition {

// JobHandler answers the messages of the short and the long lane, one at a time: keys are made, taken in and given
// other operations or release policies, released or attested; the domain is exported; audit checkpoints are signed;
// backups are sealed and opened. A body that is malformed ends the process.
class JobHandler final : public Handler {
 public:
  JobHandler(Engine& engine, const DomainHolder& domain, FetchedKeys& authorities, const Clock& clock)
      : engine_(engine), domain_(domain), authorities_(authorities), clock_(clock) {}
  void handle(std::span<const Incoming> batch, LaneServer& replies) override;

  // Each job's function: the reply's body, from the request's. (Public for the table of them.)
  Result<Bytes> generate(ByteView body);
  Result<Bytes> generate_rsa(ByteView body);
  Result<Bytes> import(ByteView body);
  Result<Bytes> import_transfer(ByteView body);
  Result<Bytes> change_operations(ByteView body);
  Result<Bytes> export_domain(ByteView body);
  Result<Bytes> sign_checkpoint(ByteView body);
  Result<Bytes> audit_public_key(ByteView body);
  Result<Bytes> seal_backup(ByteView body);
  Result<Bytes> open_backup(ByteView body);
  Result<Bytes> release(ByteView body);
  Result<Bytes> change_release_policy(ByteView body);
  Result<Bytes> attest_key(ByteView body);
  Result<Bytes> begin_authority_fetch(ByteView body);
  Result<Bytes> carry_authority_bytes(ByteView body);
  Result<Bytes> secure_wrap(ByteView body);
  Result<Bytes> secure_unwrap(ByteView body);

 private:
  Result<Bytes> generate(ByteView body, bool rsa);
  core::WrappedKey wrapped(const core::KeyPolicy& policy, const GeneratedKey& key);
  Result<UnwrappedKey> unwrapped(const core::KeyReference& key);
  core::KeyReference wrapped_again(const UnwrappedKey& key);

  Engine& engine_;
  const DomainHolder& domain_;
  FetchedKeys& authorities_;
  const Clock& clock_;
  SystemRandom random_;
};

}  // namespace hsm::partition
