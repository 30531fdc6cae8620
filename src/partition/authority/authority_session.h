#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/jose/jwk.h"
#include "partition/authority/https_url.h"
#include "partition/authority/tls_client.h"

namespace hsm::partition {

// All that a session takes in: two answers with their TLS around them (certificates, records, alerts).
inline constexpr std::size_t kSessionReceivedBytesMax = 2 * 1024 * 1024;

// FetchStep is what the carrier of the bytes must do next.
struct FetchStep {
  enum class Kind : std::uint8_t {
    kConnect,  // close the connection, open one to `endpoint`, send `send`, bring what is received
    kCarry,    // send `send` (it may be empty), bring what is received next
    kDone,     // close the connection: the keys are known
  };
  Kind kind = Kind::kCarry;
  Endpoint endpoint;
  Bytes send;
};

// AuthoritySession fetches the published keys of one attestation authority (reference/byok-release-attestation.md
// §3.4):
//   1. GET {issuer}/.well-known/openid-configuration, whose `jwks_uri` must be an https URL (of any host), and whose
//      `issuer`, if it is there, must be the issuer that was asked;
//   2. GET {jwks_uri}, a JWKS with a usable key at least.
// Each document travels over a TLS connection of its own that ends inside this object: whoever carries the bytes can
// neither read nor change them, only hold them back. Redirects are not followed. No I/O, no clock.
class AuthoritySession {
 public:
  // kBadParameter: `issuer` is no https URL.
  static Result<AuthoritySession> start(std::string issuer, TlsTrust trust, TimePoint now);

  // first_step is what start has decided.
  FetchStep first_step();
  // step takes what was received; `ended` if the peer has closed the connection, or could not be reached. kUnavailable:
  // the fetch has failed, and the session is over.
  Result<FetchStep> step(ByteView received, bool ended, TimePoint now);

  const std::string& issuer() const { return issuer_; }
  // take_keys: once, after kDone.
  jose::JwkSet take_keys() { return std::move(*keys_); }

 private:
  AuthoritySession(std::string issuer, TlsTrust trust) : issuer_(std::move(issuer)), trust_(std::move(trust)) {}
  Status request(const std::string& url, TimePoint now);
  Result<FetchStep> read_document(const std::string& document, TimePoint now);
  Result<std::string> read_discovery(const std::string& document) const;

  std::string issuer_;
  TlsTrust trust_;
  Endpoint endpoint_;
  std::optional<TlsClient> connection_;
  std::size_t received_bytes_ = 0;
  bool discovered_ = false;  // the second document is being fetched
  std::optional<jose::JwkSet> keys_;
};

}  // namespace hsm::partition
