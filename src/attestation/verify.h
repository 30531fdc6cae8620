#pragma once
#include <optional>
#include <string>

#include "attestation/blob.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/ports/partitions.h"
#include "crypto/certificate.h"

namespace hsm::attestation {

// What the reader of an attestation knows from elsewhere. Without a pinned root it is only certain that one key signed
// all of it, not whose that is: anyone can make such a chain.
struct Expectations {
  std::optional<crypto::Certificate> root;  // the domain's, byte for byte
  std::string key;                          // NAME or NAME/VERSION; empty: any
};

// Verified is what holds: the object of the private or secret key, and of the public one of a pair.
struct Verified {
  crypto::Certificate root;
  Object key;
  std::optional<Object> public_key;
};

// verify checks the chain (two certificates, the attester's and then the root), the signature of each blob, that both
// speak of one and the same key of the domain whose root it is, and `expected`. kBadParameter, with the reason, if
// anything is wrong; nothing in it may be relied on then.
Result<Verified> verify(const core::KeyAttestation& attestation, const Expectations& expected, TimePoint now);

}  // namespace hsm::attestation
