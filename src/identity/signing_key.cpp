#include "identity/signing_key.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/base64url.h"
#include "base/private_file.h"
#include "crypto/digest.h"
#include "crypto/jose/jwt.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"

namespace hsm::identity {
namespace {

constexpr int kSigningKeyBits = 2048;  // what Entra ID signs with; RS256

// RFC 7638 §3: SHA-256 of the required members in this order, without white space.
std::string thumbprint(const boost::json::object& jwk) {
  boost::json::object required;
  for (const char* const name : {"e", "kty", "n"}) required[name] = jwk.at(name);
  return to_base64url(crypto::sha256(bytes_of(boost::json::serialize(required))));
}

}  // namespace

Result<std::unique_ptr<SigningKey>> SigningKey::load(const std::string& path) {
  HSM_TRY(std::optional<SecretBytes> pem, read_private_file(path));
  if (!pem) {
    HSM_TRY(const crypto::PkeyPtr made, crypto::generate_rsa(kSigningKeyBits));
    const SecretBytes made_pem = crypto::private_key_to_pem(made.get());
    HSM_CHECK(create_private_file(path, made_pem));
    HSM_TRY(pem, read_private_file(path));  // another process may have been faster: its key is everyone's
    if (!pem) return fail(Errc::kUnavailable, path + " has vanished");
  }
  auto key = crypto::private_key_from_pem(*pem);
  if (!key) return fail(Errc::kUnavailable, path + " holds no private key in PEM form", key.error().detail);
  HSM_TRY(const core::KeySpec spec, crypto::spec_of(key->get()));
  if (spec.type != core::KeyType::kRsa || spec.bits < crypto::kRsaBitsMin) {
    return fail(Errc::kUnavailable, path + " must hold an RSA key of at least 2048 bits");
  }
  return std::unique_ptr<SigningKey>(new SigningKey(crypto::share(std::move(*key))));
}

SigningKey::SigningKey(crypto::SharedPkey key) : key_(std::move(key)) {
  const auto spec = crypto::spec_of(key_.get());
  const auto members = crypto::public_members(key_.get());
  HSM_ASSERT(spec && members);  // load has looked
  boost::json::object jwk = jose::jwk_of(*members, *spec);
  kid_ = thumbprint(jwk);
  jwk["use"] = "sig";
  jwk["alg"] = "RS256";
  jwk["kid"] = kid_;
  jwks_ = boost::json::serialize(boost::json::object{{"keys", boost::json::array{std::move(jwk)}}});
  auto keys = jose::JwkSet::parse(jwks_);
  HSM_ASSERT(keys && keys->keys().size() == 1);
  public_keys_ = std::make_shared<const jose::JwkSet>(std::move(*keys));
}

std::string SigningKey::sign(const boost::json::object& claims) const {
  auto token = jose::make_jwt(core::Algorithm::kRs256, key_.get(), kid_, claims);
  HSM_ASSERT(token.has_value());  // the key suits
  return std::move(*token);
}

}  // namespace hsm::identity
