#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/ed25519.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

inline constexpr std::size_t kCertificateBytesMax = 64 * 1024;  // DER; real ones have 1 to 4 KiB
inline constexpr std::size_t kCertificatesInPemMax = 32;

// Certificate is a parsed X.509 certificate. Parsing checks its form alone: not its dates, chain or key usage. Copies
// share one object; thread-safe. OpenSSL 3.0 takes half a millisecond to decode a public key: keep what was parsed.
class Certificate {
 public:
  // from_der takes exactly one certificate. kBadParameter otherwise.
  static Result<Certificate> from_der(ByteView der);
  // all_from_pem reads the certificates of a PEM text in order and passes over everything else. kBadParameter: none,
  // too many, or a damaged one.
  static Result<std::vector<Certificate>> all_from_pem(std::string_view pem);

  const Bytes& der() const { return der_; }  // the very bytes it was read from
  std::string pem() const;
  Sha1Value sha1_thumbprint() const { return sha1(der_); }
  Sha256Value sha256_thumbprint() const { return sha256(der_); }

  // public_key: kBadParameter for other types and sizes than public_key.h knows.
  Result<PkeyPtr> public_key() const;
  Result<Ed25519Public> ed25519_key() const;  // kBadParameter for every other type
  std::string common_name() const;            // empty if there is none
  TimePoint not_before() const;
  TimePoint not_after() const;
  // signed_by tells whether the issuer's key made the signature; nothing else of the issuer is checked.
  bool signed_by(const Certificate& issuer) const;

  X509* get() const { return x509_.get(); }  // for TLS; stays ours

 private:
  Certificate(std::shared_ptr<X509> x509, Bytes der) : x509_(std::move(x509)), der_(std::move(der)) {}
  std::shared_ptr<X509> x509_;
  Bytes der_;
};

}  // namespace hsm::crypto
