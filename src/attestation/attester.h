#pragma once
#include <string>

#include "attestation/key_objects.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/domain_id.h"
#include "core/ports/partitions.h"
#include "crypto/certificate.h"
#include "crypto/ed25519.h"

namespace hsm::attestation {

// Attester signs for one security domain. Its chain is a root, self-signed, and the certificate that the root has
// issued for the key that signs blobs; both keys are made from seeds that the domain's master secret derives
// (Ed25519), and names, dates and serial numbers follow from the domain and the keys. So every partition of the domain
// has the same chain, byte for byte, after restarts and restores too, and nothing is stored. Immutable; thread-safe.
class Attester {
 public:
  // Each seed is crypto::kEd25519SeedBytes.
  Attester(const core::DomainId& domain, const SecretBytes& root_seed, const SecretBytes& attester_seed);

  // PEM: the attester's certificate, then the root.
  const std::string& certificates() const { return certificates_; }

  // attest signs what `facts` say. kNotSupported: see key_objects.h.
  Result<core::KeyAttestation> attest(const KeyFacts& facts) const;

 private:
  Bytes sign(const Object& object) const;

  crypto::Ed25519Key key_;
  std::string certificates_;
};

// root_name is the common name of a domain's root certificate; its verifier holds blobs against it.
std::string root_name(ByteView domain_id);

}  // namespace hsm::attestation
