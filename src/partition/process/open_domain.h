#pragma once
#include <atomic>
#include <memory>

#include "attestation/attester.h"
#include "base/assert.h"
#include "crypto/ed25519.h"
#include "partition/channel/message.h"
#include "partition/domain/master_secret.h"

namespace hsm::partition {

// OpenDomain is what a partition holds once its security domain is open: the master secret and the keys under it that
// are used often. Immutable.
struct OpenDomain {
  explicit OpenDomain(MasterSecret secret)
      : master(std::move(secret)),
        key_wrapping_key(master.key_wrapping_key()),
        audit_key(master.audit_seed()),
        attester(master.domain_id(), master.attestation_root_seed(), master.attestation_seed()) {}

  MasterSecret master;
  SecretBytes key_wrapping_key;
  crypto::Ed25519Key audit_key;
  attestation::Attester attester;
};

// DomainHolder is the partition's phase: locked, then open for the rest of its life. The main thread opens it, all
// threads read it.
class DomainHolder {
 public:
  Phase phase() const { return current_.load(std::memory_order_acquire) == nullptr ? Phase::kLocked : Phase::kOpen; }
  const OpenDomain& get() const {
    const OpenDomain* open = current_.load(std::memory_order_acquire);
    HSM_ASSERT(open != nullptr);
    return *open;
  }
  void open(MasterSecret secret) {
    HSM_ASSERT(owner_ == nullptr);
    owner_ = std::make_unique<const OpenDomain>(std::move(secret));
    current_.store(owner_.get(), std::memory_order_release);
  }

 private:
  std::unique_ptr<const OpenDomain> owner_;
  std::atomic<const OpenDomain*> current_ = nullptr;
};

}  // namespace hsm::partition
