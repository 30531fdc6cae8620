#include "crypto/jose/jws.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/base64url.h"
#include "crypto/compact.h"
#include "crypto/jose/strict_json.h"
#include "crypto/signature.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;
using core::Algorithm;
using core::Scheme;

constexpr std::size_t kKeysTriedMax = 4;  // keys of one kid

std::unexpected<Error> bad_token(std::string what) {
  return fail(Errc::kBadParameter, "the token is not valid: " + std::move(what));
}

// Only public-key signatures: an HS* token "signed" with a public key as its secret, and alg none, end here.
Result<Algorithm> signature_algorithm(const json::object& header) {
  HSM_TRY(const std::string_view alg, text_member(header, "alg"));
  const auto algorithm = core::algorithm_named(alg);
  if (!algorithm) return bad_token("its algorithm is not known");
  const Scheme scheme = core::row(*algorithm).scheme;
  if (scheme != Scheme::kRsaSignPkcs1 && scheme != Scheme::kRsaSignPss && scheme != Scheme::kEcdsa) {
    return bad_token("its algorithm is not a public-key signature");
  }
  return *algorithm;
}

bool is_for_verifying(const Jwk& key, const Jws& jws) {
  return (key.alg.empty() || key.alg == core::row(jws.algorithm).name) && (key.use.empty() || key.use == "sig") &&
         (key.key_ops.empty() || std::ranges::find(key.key_ops, "verify") != key.key_ops.end());
}

bool signature_is_right(const Jws& jws, const Jwk& key) {
  return is_for_verifying(key, jws) &&
         crypto::verify(jws.algorithm, key.key.get(), bytes_of(jws.signing_input), jws.signature);
}

Status check_allowed(const Jws& jws, std::span<const Algorithm> allowed) {
  if (std::ranges::find(allowed, jws.algorithm) == allowed.end()) return bad_token("its algorithm is not allowed");
  return {};
}

}  // namespace

Result<Jws> parse_jws(std::string_view compact) {
  if (compact.size() > kJwsBytesMax) return bad_token("it is too long");
  HSM_TRY(const auto parts, crypto::split_compact<3>(compact));
  if (parts[0].size() > kJoseHeaderBytesMax) return bad_token("its header is too long");
  HSM_TRY(const Bytes header, from_base64url(parts[0]));
  Jws jws;
  HSM_TRY(jws.header, parse_object(text_of(header)));
  HSM_TRY(jws.algorithm, signature_algorithm(jws.header));
  if (jws.header.contains("crit") || jws.header.contains("b64")) return bad_token("it needs an unknown extension");
  HSM_TRY(const std::string_view kid, text_member(jws.header, "kid"));
  jws.kid = kid;
  HSM_TRY(jws.payload, from_base64url(parts[1]));
  HSM_TRY(jws.signature, from_base64url(parts[2]));
  jws.signing_input = compact.substr(0, parts[0].size() + 1 + parts[1].size());
  return jws;
}

Status verify(const Jws& jws, const Jwk& key, std::span<const Algorithm> allowed) {
  HSM_CHECK(check_allowed(jws, allowed));
  if (!signature_is_right(jws, key)) return bad_token("its signature is wrong");
  return {};
}

Status verify(const Jws& jws, const JwkSet& keys, std::span<const Algorithm> allowed) {
  HSM_CHECK(check_allowed(jws, allowed));
  const auto candidates = keys.find(jws.kid);
  if (candidates.empty()) return bad_token("its key is not known");
  if (candidates.size() > kKeysTriedMax) return bad_token("its key is ambiguous");
  for (const Jwk* key : candidates) {
    if (signature_is_right(jws, *key)) return {};
  }
  return bad_token("its signature is wrong");
}

std::string signing_input(const json::object& header, ByteView payload) {
  const std::string text = json::serialize(header);
  std::string out = to_base64url(bytes_of(text));
  out.push_back('.');
  append_base64url(out, payload);
  return out;
}

std::string with_signature(std::string signing_input, ByteView signature) {
  signing_input.push_back('.');
  append_base64url(signing_input, signature);
  return signing_input;
}

Result<std::string> sign_jws(Algorithm algorithm, EVP_PKEY* private_key, const json::object& header, ByteView payload) {
  json::object complete;
  complete["alg"] = core::row(algorithm).name;
  for (const auto& member : header) complete.insert(member);
  std::string input = signing_input(complete, payload);
  HSM_TRY(const Bytes signature, crypto::sign(algorithm, private_key, bytes_of(input)));
  return with_signature(std::move(input), signature);
}

}  // namespace hsm::jose
