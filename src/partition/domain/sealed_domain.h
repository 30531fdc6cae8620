#pragma once
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "partition/domain/master_secret.h"
#include "partition/domain/salted_seal.h"

namespace hsm::partition {

inline constexpr std::size_t kSealKeyBytes = 32;
inline constexpr std::size_t kSealedDomainBytes = 1 + kSealOverheadBytes + kDomainPayloadBytes;

// A sealed domain is how a node keeps an instance's master secret between restarts. The seal key comes from the node's
// key file, TPM or token; a size other than kSealKeyBytes is kBadParameter.
//
//   sealed domain = version (u8, 1) | salted seal of MasterSecret::payload, with the version as additional data
Result<Bytes> seal_domain(const MasterSecret& master, const SecretBytes& seal_key, Random& random);

// kBadCiphertext: another seal key, or damage; which of the two is not told.
Result<MasterSecret> open_sealed_domain(ByteView sealed, const SecretBytes& seal_key);

}  // namespace hsm::partition
