#pragma once
#include <span>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "core/ports/partitions.h"
#include "partition/domain/master_secret.h"

namespace hsm::partition {

// Bounds of a security-domain download (reference/security-domain.md §1).
inline constexpr std::size_t kDomainCertificatesMin = 3;
inline constexpr std::size_t kDomainCertificatesMax = 10;
inline constexpr unsigned kDomainQuorumMin = 2;
inline constexpr int kDomainCertificateRsaBitsMin = 2048;

// kDomainTag names the one payload of our security-domain files, MasterSecret::payload. A tag of our own: the contents
// of the service's three payloads are its own business too (reference/security-domain.md §7).
inline constexpr const char* kDomainTag = "strongroom_domain";

// export_domain encrypts the master secret under a fresh one-time key, and shares that key among the holders of the
// certificates (DER), so that any `quorum` of them can recombine it (reference/security-domain.md §4.2). Shares come in
// the order of the certificates.
// kBadParameter, in this order (§4.1): fewer than 3 or more than 10 certificates; a quorum below 2 or above their
// number; a certificate that does not parse or is not RSA of at least 2048 bits; the same certificate twice, which
// would give two shares to one holder. Dates, chain and key usage are not looked at: clients bring what they have.
Result<core::DomainFile> export_domain(const MasterSecret& master, std::span<const Bytes> certificates, unsigned quorum,
                                       Random& random);

}  // namespace hsm::partition
