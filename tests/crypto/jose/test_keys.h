#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "crypto/jose/jwk.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"

namespace hsm::test {

// TestKey is a fresh key pair and its public JWK.
struct TestKey {
  crypto::PkeyPtr pair;
  boost::json::object jwk;

  TestKey(crypto::PkeyPtr key, std::string_view kid) : pair(std::move(key)) {
    jwk = jose::jwk_of(*crypto::public_members(pair.get()), *crypto::spec_of(pair.get()));
    jwk["kid"] = kid;
  }
};

inline const TestKey& rsa_test_key() {
  static const TestKey kKey(*crypto::generate_rsa(2048), "rsa");
  return kKey;
}
inline const TestKey& p256_test_key() {
  static const TestKey kKey(*crypto::generate_ec(core::Curve::kP256), "p256");
  return kKey;
}

}  // namespace hsm::test
