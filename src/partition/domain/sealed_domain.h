#pragma once
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "partition/domain/master_secret.h"

namespace hsm::partition {

inline constexpr std::size_t kSealKeyBytes = 32;
inline constexpr std::size_t kSealedDomainBytes = 1 + 16 + kDomainPayloadBytes + 16;

// A sealed domain is how a node keeps an instance's master secret between restarts. The seal key comes from the node's
// key file, TPM or token and has kSealKeyBytes bytes; another size is kBadParameter.
//
//   sealed     = version (u8, 1) | salt (16) | ciphertext (kDomainPayloadBytes) | tag (16)
//   ciphertext = AES-256-GCM of MasterSecret::payload, AAD = version,
//                key (32) | nonce (12) = HKDF-SHA256(seal key, label, salt)
//
// The key is fresh with each salt, so that the seal key may seal any number of domains.
Result<Bytes> seal_domain(const MasterSecret& master, const SecretBytes& seal_key, Random& random);

// kBadCiphertext: another seal key, or damage; which of the two is not told.
Result<MasterSecret> open_sealed_domain(ByteView sealed, const SecretBytes& seal_key);

}  // namespace hsm::partition
