#pragma once
#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/openssl.h"

namespace hsm::release {

// ResponseSigner signs the answers of key release as the service does, with the HSM's TLS certificate or one of the
// same names (reference/byok-release-attestation.md §3.6). Receivers check the chain against the CAs that they trust
// for TLS. It holds no customer's key: what it signs is encrypted already. Immutable, thread-safe.
class ResponseSigner {
 public:
  // load reads a certificate chain, the leaf first, and the leaf's key (both PEM). kUnavailable: a file can't be read,
  // or the key's is open to others. kBadParameter: not an RSA certificate, or not its key.
  static Result<std::unique_ptr<ResponseSigner>> load(const std::string& chain_file, const std::string& key_file);

  // sign makes a compact JWS of a JSON text: RS256, with kid, x5c and x5t#S256.
  Result<std::string> sign(std::string_view payload) const;

 private:
  ResponseSigner(boost::json::object header, crypto::PkeyPtr key) : header_(std::move(header)), key_(std::move(key)) {}
  const boost::json::object header_;
  const crypto::PkeyPtr key_;
};

}  // namespace hsm::release
