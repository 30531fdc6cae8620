#include "identity/signing_key.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/base64url.h"
#include "base/private_file.h"
#include "base/random.h"
#include "crypto/certificate_issuing.h"
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

// FixedRandom gives what it was made with, again and again.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(const crypto::Sha256Value& bytes) : bytes_(bytes) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = bytes_[i % bytes_.size()];
  }

 private:
  const crypto::Sha256Value bytes_;
};

// certificate_of is what x5c and x5t publish (reference/identity.md §5): nothing but the key again, for those who find
// keys by thumbprint. It is made of the key alone, its serial number too (RS256 draws nothing), so that every start and
// every node publishes the same bytes. RFC 5280 §4.1.2.5: the last date that can be written says that it has no end.
crypto::Certificate certificate_of(EVP_PKEY* key, const std::string& kid) {
  constexpr std::int64_t kNoEnd = 253'402'300'799;  // 9999-12-31T23:59:59Z
  FixedRandom serial(crypto::sha256(bytes_of(kid)));
  auto certificate = crypto::make_self_signed({.kind = crypto::CertificateKind::kSignature,
                                               .common_name = "Strongroom token service",
                                               .not_before = from_unix_seconds(0),
                                               .not_after = from_unix_seconds(kNoEnd)},
                                              key, serial);
  HSM_ASSERT(certificate.has_value());  // the key suits
  return std::move(*certificate);
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
  const crypto::Certificate certificate = certificate_of(key_.get(), kid_);
  jwk["x5t"] = to_base64url(certificate.sha1_thumbprint());
  jwk["x5c"] = boost::json::array{to_base64(certificate.der())};
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
