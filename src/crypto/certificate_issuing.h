#pragma once
#include <array>
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

// kNoExpiry is the end of a certificate that has none: 99991231235959Z (RFC 5280 §4.1.2.5).
inline constexpr TimePoint kNoExpiry{std::chrono::seconds(253'402'300'799)};

struct CertificateSpec {
  CertificateKind kind = CertificateKind::kServer;
  std::string common_name;                // 1 to 64 characters (RFC 5280 §A.1)
  std::vector<std::string> dns_names;     // "*." in front is a wildcard
  std::vector<std::string> ip_addresses;  // IPv4 or IPv6 text
  TimePoint not_before;
  TimePoint not_after;
};

// Both sign with SHA-256 (Ed25519 keys with what is theirs alone) and a random serial number of 127 bits.
// kBadParameter: a name or address that is none, or dates in the wrong order.
Result<Certificate> make_self_signed(const CertificateSpec& spec, EVP_PKEY* key_pair, Random& random);
Result<Certificate> issue_certificate(const CertificateSpec& spec, EVP_PKEY* subject_key, const Certificate& issuer,
                                      EVP_PKEY* issuer_key, Random& random);

// With a given serial number, whose first two bits become 01, nothing is random: an Ed25519 issuer makes the same bytes
// each time.
using CertificateSerial = std::array<std::uint8_t, 16>;  // RFC 5280 §4.1.2.2 allows 20, CAs must have 8 random ones
Result<Certificate> make_self_signed(const CertificateSpec& spec, EVP_PKEY* key_pair, const CertificateSerial& serial);
Result<Certificate> issue_certificate(const CertificateSpec& spec, EVP_PKEY* subject_key, const Certificate& issuer,
                                      EVP_PKEY* issuer_key, const CertificateSerial& serial);

}  // namespace hsm::crypto
