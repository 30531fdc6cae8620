#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/certificate.h"

namespace hsm::crypto {

// What a certificate may be used for; the extensions of each kind are one table in the implementation.
enum class CertificateKind {
  kAuthority,        // signs certificates; nothing below it may
  kServer,           // TLS server
  kNode,             // TLS server and client: a node of the fleet
  kSignature,        // signs what is no certificate: tokens
  kKeyEncipherment,  // RSA key that secrets are encrypted to (the transfer key, security-domain.md §6.1)
};

struct CertificateSpec {
  CertificateKind kind = CertificateKind::kServer;
  std::string common_name;                // 1 to 64 characters (RFC 5280 §A.1)
  std::vector<std::string> dns_names;     // "*." in front is a wildcard
  std::vector<std::string> ip_addresses;  // IPv4 or IPv6 text
  TimePoint not_before;
  TimePoint not_after;
};

// Both sign with SHA-256 and a random serial number of 127 bits. kBadParameter: a name or address that is none, or
// dates in the wrong order.
Result<Certificate> make_self_signed(const CertificateSpec& spec, EVP_PKEY* key_pair, Random& random);
Result<Certificate> issue_certificate(const CertificateSpec& spec, EVP_PKEY* subject_key, const Certificate& issuer,
                                      EVP_PKEY* issuer_key, Random& random);

}  // namespace hsm::crypto
