#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/key_material.h"
#include "core/key_type.h"
#include "crypto/openssl.h"

namespace hsm::jose {

inline constexpr std::size_t kJwkSetBytesMax = 1024 * 1024;
inline constexpr std::size_t kJwkSetKeysMax = 256;

// Jwk is a public key of a foreign JWK (RFC 7517 §4) with what it says about its own use; empty where it says nothing.
struct Jwk {
  crypto::SharedPkey key;
  core::KeySpec spec;
  std::string kid;
  std::string alg;
  std::string use;
  std::vector<std::string> key_ops;
  std::vector<Bytes> x5c;  // DER; the first one is of `key`
};

// parse_jwk reads an RSA key of 2048 bits or more, or an EC key. The key stands in n and e, or crv, x and y, or in x5c
// alone (attestation services do that); if in both, they must agree. kBadParameter: anything else, private members
// (nobody should have been given those), a point that is not on its curve, numbers that are not base64url without
// padding, coordinates that are not of the curve's width (RFC 7518 §6.2.1.2).
Result<Jwk> parse_jwk(const boost::json::object& jwk);

// jwk_of is the other direction: kty, n and e, or kty, crv, x and y.
boost::json::object jwk_of(const core::PublicKey& key, const core::KeySpec& spec);

// JwkSet is the keys of an issuer. Immutable.
class JwkSet {
 public:
  JwkSet() = default;
  explicit JwkSet(std::vector<Jwk> keys) : keys_(std::move(keys)) {}

  // parse reads {"keys":[…]}. Keys of kinds we do not know are left out (RFC 7517 §5). kBadParameter: not such a text,
  // or more than kJwkSetBytesMax or kJwkSetKeysMax.
  static Result<JwkSet> parse(std::string_view text);

  // find returns the keys of that kid, usually one. Without a kid it is the only key of the set, if there is only one.
  std::vector<const Jwk*> find(std::string_view kid) const;
  const std::vector<Jwk>& keys() const { return keys_; }

 private:
  std::vector<Jwk> keys_;
};

}  // namespace hsm::jose
