#include "crypto/jose/jwk.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/base64url.h"
#include "crypto/certificate.h"
#include "crypto/compact.h"
#include "crypto/jose/strict_json.h"
#include "crypto/public_key.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;
using core::Curve;
using core::KeyType;

constexpr std::size_t kX5cCertificatesMax = 8;
constexpr auto kPrivateMembers = std::to_array<std::string_view>({"d", "p", "q", "dp", "dq", "qi", "oth", "k"});

std::unexpected<Error> bad_jwk(std::string what) {
  return fail(Errc::kBadParameter, "JSON Web Key: " + std::move(what));
}

// number decodes a member that must be there.
Result<Bytes> number(const json::object& jwk, std::string_view name) {
  HSM_TRY(const std::string_view text, text_member(jwk, name));
  if (text.empty() || !crypto::is_base64url(text)) return bad_jwk(std::string(name) + " is missing or not base64url");
  return from_base64url(text);
}

Result<std::vector<std::string>> texts(const json::object& jwk, std::string_view name, std::size_t max) {
  std::vector<std::string> out;
  const json::value* value = jwk.if_contains(name);
  if (value == nullptr) return out;
  const json::array* array = value->if_array();
  if (array == nullptr || array->size() > max) return bad_jwk(std::string(name) + " is not a list of texts");
  for (const json::value& element : *array) {
    const json::string* text = element.if_string();
    if (text == nullptr) return bad_jwk(std::string(name) + " is not a list of texts");
    out.emplace_back(std::string_view(*text));
  }
  return out;
}

Result<std::vector<Bytes>> certificates(const json::object& jwk) {
  HSM_TRY(const auto encoded, texts(jwk, "x5c", kX5cCertificatesMax));
  std::vector<Bytes> out;
  for (const std::string& text : encoded) {
    HSM_TRY(Bytes der, from_base64url(text));  // takes the standard alphabet with padding too
    out.push_back(std::move(der));
  }
  return out;
}

std::optional<Curve> curve_of(std::string_view crv) {
  if (crv == "secp256k1") return Curve::kP256K;  // RFC 8812 §3.1; the service says P-256K
  return core::curve_named(crv);
}

Result<crypto::PkeyPtr> rsa_key(const json::object& jwk) {
  HSM_TRY(const Bytes n, number(jwk, "n"));
  HSM_TRY(const Bytes e, number(jwk, "e"));
  return crypto::rsa_public_key(n, e);
}

Result<crypto::PkeyPtr> ec_key(const json::object& jwk) {
  HSM_TRY(const std::string_view crv, text_member(jwk, "crv"));
  const auto curve = curve_of(crv);
  if (!curve) return bad_jwk("the curve is not supported");
  HSM_TRY(const Bytes x, number(jwk, "x"));
  HSM_TRY(const Bytes y, number(jwk, "y"));
  const std::size_t width = core::row(*curve).coordinate_bytes;
  if (x.size() != width || y.size() != width) return bad_jwk("a coordinate has a wrong length");
  return crypto::ec_public_key(*curve, x, y);
}

// key_of takes the key from the numbers, from the first certificate, or from both if they agree.
Result<crypto::PkeyPtr> key_of(const json::object& jwk, KeyType type, const std::vector<Bytes>& x5c) {
  const bool has_numbers = jwk.contains(type == KeyType::kRsa ? "n" : "x");
  if (x5c.empty()) return type == KeyType::kRsa ? rsa_key(jwk) : ec_key(jwk);
  HSM_TRY(const auto certificate, crypto::Certificate::from_der(x5c.front()));
  HSM_TRY(auto certified, certificate.public_key());
  if (has_numbers) {
    HSM_TRY(const auto stated, type == KeyType::kRsa ? rsa_key(jwk) : ec_key(jwk));
    if (EVP_PKEY_eq(stated.get(), certified.get()) != 1) {
      crypto::openssl_error();
      return bad_jwk("the certificate is of another key");
    }
  }
  return certified;
}

// Any other spelling is another type (RFC 7518 §6.1).
std::optional<KeyType> type_of(std::string_view kty) {
  if (kty == "RSA") return KeyType::kRsa;
  if (kty == "EC") return KeyType::kEc;
  return std::nullopt;
}

Result<std::string> text_of_member(const json::object& jwk, std::string_view name) {
  HSM_TRY(const std::string_view text, text_member(jwk, name));
  return std::string(text);
}

}  // namespace

Result<Jwk> parse_jwk(const json::object& jwk) {
  HSM_TRY(const std::string_view kty, text_member(jwk, "kty"));
  const auto type = type_of(kty);
  if (!type) return bad_jwk("the key type is not supported");
  if (std::ranges::any_of(kPrivateMembers, [&jwk](std::string_view name) { return jwk.contains(name); })) {
    return bad_jwk("a public key is expected");
  }
  Jwk out;
  HSM_TRY(out.kid, text_of_member(jwk, "kid"));
  HSM_TRY(out.alg, text_of_member(jwk, "alg"));
  HSM_TRY(out.use, text_of_member(jwk, "use"));
  HSM_TRY(out.key_ops, texts(jwk, "key_ops", 16));
  HSM_TRY(out.x5c, certificates(jwk));
  HSM_TRY(auto key, key_of(jwk, *type, out.x5c));
  HSM_TRY(out.spec, crypto::spec_of(key.get()));
  if (out.spec.type != *type) return bad_jwk("the certificate is of another key type");
  out.key = crypto::share(std::move(key));
  return out;
}

json::object jwk_of(const core::PublicKey& key, const core::KeySpec& spec) {
  json::object jwk;
  if (spec.type == KeyType::kRsa) {
    jwk["kty"] = "RSA";
    jwk["n"] = to_base64url(key.modulus);
    jwk["e"] = to_base64url(key.exponent);
  } else {
    jwk["kty"] = "EC";
    jwk["crv"] = core::row(spec.curve).name;
    jwk["x"] = to_base64url(key.x);
    jwk["y"] = to_base64url(key.y);
  }
  return jwk;
}

Result<JwkSet> JwkSet::parse(std::string_view text) {
  if (text.size() > kJwkSetBytesMax) return bad_jwk("the key set is too large");
  HSM_TRY(const json::object document, parse_object(text));
  const json::value* keys = document.if_contains("keys");
  const json::array* array = keys == nullptr ? nullptr : keys->if_array();
  if (array == nullptr || array->size() > kJwkSetKeysMax) return bad_jwk("there is no list of keys, or a too long one");
  std::vector<Jwk> out;
  for (const json::value& element : *array) {
    const json::object* jwk = element.if_object();
    if (jwk == nullptr) return bad_jwk("a key of the set is not an object");
    if (auto parsed = parse_jwk(*jwk)) out.push_back(*std::move(parsed));
  }
  return JwkSet(std::move(out));
}

std::vector<const Jwk*> JwkSet::find(std::string_view kid) const {
  std::vector<const Jwk*> found;
  if (kid.empty()) {
    if (keys_.size() == 1) found.push_back(&keys_.front());
    return found;
  }
  for (const Jwk& key : keys_) {
    if (key.kid == kid) found.push_back(&key);
  }
  return found;
}

}  // namespace hsm::jose
