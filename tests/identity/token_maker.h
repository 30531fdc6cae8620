#pragma once
#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "core/algorithm.h"
#include "crypto/jose/jwk.h"
#include "crypto/openssl.h"

// What tests need to play an issuer: keys, and tokens that are right but for one thing.
namespace hsm::identity::testing {

inline constexpr TimePoint kNow = TimePoint(std::chrono::seconds(1'767'225'600));  // 2026-01-01T00:00:00Z
inline constexpr const char* kTenant = "11111111-2222-3333-4444-555555555555";
inline constexpr const char* kIssuer = "https://login.example.com/11111111-2222-3333-4444-555555555555/v2.0";
inline constexpr const char* kAudience = "https://managedhsm.example.com";
inline constexpr const char* kObjectId = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

// rsa_key and ec_key are made once in the program; `which` tells several apart.
EVP_PKEY* rsa_key(int which = 0);
EVP_PKEY* ec_key();

// jwk is the public half as a key of an issuer.
boost::json::object jwk(EVP_PKEY* key, std::string_view kid);
std::string jwks(std::initializer_list<boost::json::object> keys);

// good_claims are accepted at kNow by a verifier of the constants above.
boost::json::object good_claims();
// with returns the claims with one changed; null takes it away.
boost::json::object with(boost::json::object claims, std::string_view name, boost::json::value value);

// signed_token makes a JWT with the header {alg, typ, kid}.
std::string signed_token(const boost::json::object& claims, EVP_PKEY* key = rsa_key(), std::string_view kid = "k1",
                         core::Algorithm algorithm = core::Algorithm::kRs256);
// raw_token makes one of any header and a signature given as bytes.
std::string raw_token(std::string_view header, std::string_view payload, std::string_view signature);

}  // namespace hsm::identity::testing
