#pragma once
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/openssl.h"
#include "identity/key_set.h"

namespace hsm::identity {

// SigningKey is the token service's RSA-2048 key. Its file is PKCS#8 PEM with mode 0600; whoever reads it can make
// tokens for anyone, so create refuses one that others may read. Thread-safe.
class SigningKey {
 public:
  // load reads the key, or makes and stores one if the file isn't there. Two processes that start at once agree on one
  // key. kUnavailable: it can't be read or written, or is open to others.
  static Result<std::unique_ptr<SigningKey>> load(const std::string& path);

  const std::string& kid() const { return kid_; }  // RFC 7638 thumbprint
  // sign returns the compact JWS of a payload, RS256 with typ, alg and kid.
  std::string sign(std::string_view payload_json) const;
  // jwks is the published key set, as JSON.
  const std::string& jwks() const { return jwks_; }
  std::shared_ptr<const KeySet> public_keys() const;

 private:
  explicit SigningKey(crypto::SharedPkey key);
  crypto::SharedPkey key_;
  std::string kid_;
  std::string jwks_;
};

}  // namespace hsm::identity
