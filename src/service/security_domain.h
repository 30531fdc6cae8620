#pragma once
#include <atomic>
#include <vector>

#include "core/ports/partitions.h"
#include "core/ports/store.h"
#include "service/journal.h"

namespace hsm::service {

// SecurityDomain is the activation of an instance: until the domain has been downloaded once, only the security-domain
// calls are answered (reference/security-domain.md §2). Thread-safe.
class SecurityDomain {
 public:
  SecurityDomain(core::Store& store, core::Partitions& partitions, Journal& journal)
      : store_(store), partitions_(partitions), journal_(journal) {}

  Status load();  // reads the state; call once
  bool active() const { return active_.load(std::memory_order_relaxed); }

  // download encrypts the master secret to the certificates (DER) and activates the instance. On an active one it wraps
  // the same domain anew. kBadParameter: see reference/security-domain.md §4.1.
  Result<core::DomainFile> download(const std::vector<Bytes>& certificates, unsigned quorum, Operation& operation);

 private:
  core::Store& store_;
  core::Partitions& partitions_;
  Journal& journal_;
  std::atomic<bool> active_{false};
};

}  // namespace hsm::service
