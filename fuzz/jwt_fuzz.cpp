// Bearer tokens as strangers send them. Two uses of each input: as a token's text, where nothing but the one genuine
// token may ever be accepted, and as a signed payload, so that the reading of claims is reached too.
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "crypto/jose/jws.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"
#include "identity/token_cache.h"

namespace {

using hsm::TimePoint;
using namespace hsm::identity;

constexpr TimePoint kNow = TimePoint(std::chrono::seconds(1'767'225'600));
constexpr const char* kIssuer = "https://login.example.com/11111111-2222-3333-4444-555555555555/v2.0";
constexpr const char* kObjectId = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

// The genuine token is the seed `genuine`; its private key no longer exists.
constexpr const char* kGenuineKey =
    R"({"keys":[{"kty":"EC","crv":"P-256","x":"2NM0M3jURretTLiRwzlqOvEHlI_NB0EZp91pyJxKWAY","y":"IkwBnGFsWTwp1_YTWlLE77cWKf8wBdwUfne44bDb5A4","kid":"k1","use":"sig"}]})";

TokenVerifier verifier_with(std::shared_ptr<KeySource> keys) {
  TrustedIssuer issuer;
  issuer.issuers = {kIssuer};
  issuer.keys = std::move(keys);
  issuer.algorithms = {hsm::core::Algorithm::kEs256};
  return TokenVerifier({.issuers = {std::move(issuer)},
                        .audiences = {"https://managedhsm.example.com"},
                        .tenant = "11111111-2222-3333-4444-555555555555"});
}

void use_as_token(std::string_view text) {
  static const TokenVerifier verifier = verifier_with(pinned_keys(kGenuineKey).value());
  static TokenCache cache(verifier, 4);
  const auto verified = verifier.verify(text, kNow);
  HSM_ASSERT(verified || verified.error().code == hsm::Errc::kUnauthorized);
  HSM_ASSERT(!verified || (*verified)->object_id == kObjectId);
  for (int twice = 0; twice < 2; ++twice) HSM_ASSERT(cache.verify(text, kNow).has_value() == verified.has_value());
}

void use_as_payload(hsm::ByteView payload) {
  static const hsm::crypto::SharedPkey key =
      hsm::crypto::share(hsm::crypto::generate_ec(hsm::core::Curve::kP256).value());
  static const TokenVerifier verifier = verifier_with(fixed_keys(std::make_shared<const hsm::jose::JwkSet>(
      std::vector{hsm::jose::Jwk{.key = key,
                                 .spec = hsm::crypto::spec_of(key.get()).value(),
                                 .kid = "k1",
                                 .alg = {},
                                 .use = {},
                                 .key_ops = {},
                                 .x5c = {}}})));
  const auto jwt = hsm::jose::sign_jws(hsm::core::Algorithm::kEs256, key.get(), {{"kid", "k1"}}, payload);
  const auto caller = verifier.verify(jwt.value(), kNow);
  if (!caller) return;
  HSM_ASSERT((*caller)->object_id.size() == 36);
  for (const std::string& group : (*caller)->groups) HSM_ASSERT(group.size() == 36);
  HSM_ASSERT(kNow < verifier.expiry(**caller));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const hsm::ByteView input(data, size);
  use_as_token(hsm::text_of(input));
  use_as_payload(input);
  return 0;
}
