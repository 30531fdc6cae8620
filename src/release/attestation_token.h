#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/key_material.h"
#include "crypto/jose/jwk.h"
#include "crypto/jose/jwt.h"

namespace hsm::release {

// An attestation token is a JWT by which an authority says what it has measured of an environment, and to which key of
// the environment secrets may be encrypted (reference/byok-release-attestation.md §3.4).
inline constexpr std::chrono::seconds kTokenLeeway{60};  // of exp, nbf and iat; ours: "small"
inline constexpr std::size_t kEncryptionKeyIdBytesMax = 512;

// EncryptionKey is the environment's RSA key.
struct EncryptionKey {
  std::string id;  // kid
  core::PublicKey key;
};

// AttestationToken is a token taken apart. Nothing of it may be believed before verify has said yes.
class AttestationToken {
 public:
  // parse: kBadParameter unless it is a compact JWS, signed by a public-key algorithm, of strict JSON and with `iss`.
  static Result<AttestationToken> parse(std::string_view token);

  std::string_view issuer() const { return claims_.text("iss"); }
  const std::string& key_id() const { return jws_.kid; }  // of the authority's key
  const boost::json::object& claims() const { return claims_.object(); }

  // verify checks the signature with one of the authority's keys, and that it is the token's time. A `jku` is not
  // looked at. kForbidden.
  Status verify(const jose::JwkSet& keys, TimePoint now) const;

  // encryption_key is the first RSA key of x-ms-runtime.keys that is for encryption (use or key_use enc, or key_ops
  // with encrypt). kForbidden: there is none, or it has no kid, or less than 2048 bits.
  Result<EncryptionKey> encryption_key() const;

 private:
  AttestationToken(jose::Jws jws, jose::Claims claims) : jws_(std::move(jws)), claims_(std::move(claims)) {}
  jose::Jws jws_;
  jose::Claims claims_;
};

// not_verified is the answer to every token that does not release a key: the service's sentence (of the vaults; the
// text of a Managed HSM is unconfirmed), and ours about what was missing.
std::unexpected<Error> not_verified(std::string_view why);

}  // namespace hsm::release
