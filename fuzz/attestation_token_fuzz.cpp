// An attestation token, which a partition reads before it knows who made it. Input that is no token is taken as the
// claims of one, so that the search for the encryption key is reached; its signature is never right.
#include "base/assert.h"
#include "base/base64url.h"
#include "base/bytes.h"
#include "core/release.h"
#include "crypto/public_key.h"
#include "release/decision.h"

namespace {

using namespace hsm;

void look_at(const release::AttestationToken& token) {
  HSM_ASSERT(!token.issuer().empty());
  HSM_ASSERT(!token.verify(jose::JwkSet(), from_unix_seconds(0)));
  const auto key = token.encryption_key();
  if (!key) return;
  HSM_ASSERT(!key->id.empty() && key->id.size() <= release::kEncryptionKeyIdBytesMax);
  HSM_ASSERT(crypto::rsa_public_key(key->key.modulus, key->key.exponent).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  if (const auto token = release::AttestationToken::parse(text)) look_at(*token);
  const std::string unsigned_token = "eyJhbGciOiJSUzI1NiJ9." + to_base64url({data, size}) + ".AAAA";
  if (const auto token = release::AttestationToken::parse(unsigned_token)) look_at(*token);
  return 0;
}
