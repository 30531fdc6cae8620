#pragma once
#include <boost/json/object.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "crypto/jose/jwk.h"
#include "crypto/openssl.h"

namespace hsm::identity {

// SigningKey is the token service's RSA-2048 key. Its file is PKCS#8 PEM with mode 0600; whoever reads it can make
// tokens for anyone, so load refuses one that others may read. Immutable, thread-safe.
class SigningKey {
 public:
  // load reads the key, or makes and stores one if the file isn't there. Two processes that start at once agree on one
  // key. kUnavailable: it can't be read or written, is open to others, or is no RSA key.
  static Result<std::unique_ptr<SigningKey>> load(const std::string& path);

  const std::string& kid() const { return kid_; }  // RFC 7638 thumbprint
  // sign makes a JWT of the claims, RS256 with typ and kid.
  std::string sign(const boost::json::object& claims) const;
  const std::string& jwks() const { return jwks_; }  // the published key set, as JSON
  const std::shared_ptr<const jose::JwkSet>& public_keys() const { return public_keys_; }

 private:
  explicit SigningKey(crypto::SharedPkey key);
  crypto::SharedPkey key_;
  std::string kid_;
  std::string jwks_;
  std::shared_ptr<const jose::JwkSet> public_keys_;
};

}  // namespace hsm::identity
