// Compact JWS: bearer tokens, client assertions, attestations. A token has exactly one spelling, so a parsed one must
// give back its text; and nothing but the one signed seed may verify.
#include <boost/json/object.hpp>
#include <cstdint>

#include "base/assert.h"
#include "crypto/jose/jwt.h"

namespace {

using hsm::core::Algorithm;

constexpr Algorithm kAllowed[] = {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256};

// The key of RFC 7515 §A.3, whose token is a seed.
const hsm::jose::Jwk& published_key() {
  static const hsm::jose::Jwk kKey = *hsm::jose::parse_jwk({{"kty", "EC"},
                                                            {"crv", "P-256"},
                                                            {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                                                            {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}});
  return kKey;
}

bool is_public_key_signature(Algorithm algorithm) {
  const auto type = hsm::core::row(algorithm).type;
  return type == hsm::core::KeyType::kRsa || type == hsm::core::KeyType::kEc;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = hsm::text_of({data, size});
  const auto jws = hsm::jose::parse_jws(text);
  if (!jws) return 0;
  HSM_ASSERT(is_public_key_signature(jws->algorithm));
  HSM_ASSERT(hsm::jose::with_signature(jws->signing_input, jws->signature) == text);
  if (hsm::jose::verify(*jws, published_key(), kAllowed)) {
    HSM_ASSERT(hsm::text_of(jws->payload).find(R"("iss":"joe")") != std::string_view::npos);
  }
  if (const auto claims = hsm::jose::Claims::parse(jws->payload)) {
    static_cast<void>(claims->check_times(hsm::from_unix_seconds(1'700'000'000)));
    static_cast<void>(claims->texts("aud"));
  }
  return 0;
}
