#include "tests/identity/token_maker.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "base/base64url.h"
#include "crypto/jose/jws.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"

namespace hsm::identity::testing {

EVP_PKEY* rsa_key(int which) {
  static std::map<int, crypto::PkeyPtr> keys;
  auto& key = keys[which];
  if (!key) key = crypto::generate_rsa(2048).value();
  return key.get();
}

EVP_PKEY* ec_key() {
  static const crypto::PkeyPtr key = crypto::generate_ec(core::Curve::kP256).value();
  return key.get();
}

boost::json::object jwk(EVP_PKEY* key, std::string_view kid) {
  boost::json::object jwk = jose::jwk_of(crypto::public_members(key).value(), crypto::spec_of(key).value());
  jwk["kid"] = kid;
  jwk["use"] = "sig";
  return jwk;
}

std::string jwks(std::initializer_list<boost::json::object> keys) {
  boost::json::object set;
  set["keys"] = boost::json::array(keys.begin(), keys.end());
  return boost::json::serialize(set);
}

boost::json::object good_claims() {
  boost::json::object claims;
  claims["aud"] = kAudience;
  claims["iss"] = kIssuer;
  claims["iat"] = unix_seconds(kNow) - 10;
  claims["nbf"] = unix_seconds(kNow) - 10;
  claims["exp"] = unix_seconds(kNow) + 3600;
  claims["tid"] = kTenant;
  claims["oid"] = kObjectId;
  claims["appid"] = "cccccccc-0000-0000-0000-000000000001";
  return claims;
}

boost::json::object with(boost::json::object claims, std::string_view name, boost::json::value value) {
  if (value.is_null()) {
    claims.erase(name);
  } else {
    claims[name] = std::move(value);
  }
  return claims;
}

std::string signed_token(const boost::json::object& claims, EVP_PKEY* key, std::string_view kid,
                         core::Algorithm algorithm) {
  boost::json::object header;
  header["typ"] = "JWT";
  if (!kid.empty()) header["kid"] = kid;
  return jose::sign_jws(algorithm, key, header, bytes_of(boost::json::serialize(claims))).value();
}

std::string raw_token(std::string_view header, std::string_view payload, std::string_view signature) {
  return to_base64url(bytes_of(header)) + "." + to_base64url(bytes_of(payload)) + "." +
         to_base64url(bytes_of(signature));
}

}  // namespace hsm::identity::testing
