#include "crypto/jose/jwe.h"

#include <boost/json/object.hpp>

#include "base/base64url.h"
#include "crypto/jose/jws.h"
#include "crypto/jose/strict_json.h"

namespace hsm::jose {
namespace {

namespace json = boost::json;

std::unexpected<Error> bad_jwe(std::string what) {
  return fail(Errc::kBadParameter, "the encrypted value is not valid: " + std::move(what));
}

Result<JweAlgorithm> algorithm_of(const json::object& header) {
  HSM_TRY(const std::string_view alg, text_member(header, "alg"));
  if (alg == "dir") return JweAlgorithm::kDirect;
  if (alg == "RSA-OAEP-256") return JweAlgorithm::kRsaOaep256;
  return bad_jwe("its key algorithm is not supported");
}

}  // namespace

Result<Jwe> parse_jwe(std::string_view compact) {
  Jwe jwe;
  HSM_TRY(jwe.parts, crypto::split_jwe(compact));
  if (jwe.parts.header.size() > kJoseHeaderBytesMax) return bad_jwe("its header is too long");
  HSM_TRY(const Bytes text, from_base64url(jwe.parts.header));
  HSM_TRY(const json::object header, parse_object(text_of(text)));
  HSM_TRY(jwe.algorithm, algorithm_of(header));
  HSM_TRY(const std::string_view enc, text_member(header, "enc"));
  if (enc != "A256CBC-HS512") return bad_jwe("its content encryption is not supported");
  if (header.contains("crit") || header.contains("zip")) return bad_jwe("it needs an unknown extension");
  HSM_TRY(const std::string_view kid, text_member(header, "kid"));
  jwe.kid = kid;
  const bool has_encrypted_key = !jwe.parts.encrypted_key.empty();
  if (has_encrypted_key != (jwe.algorithm == JweAlgorithm::kRsaOaep256)) return bad_jwe("its key part is wrong");
  return jwe;
}

Result<SecretBytes> open(const Jwe& jwe, const SecretBytes& key) {
  if (jwe.algorithm != JweAlgorithm::kDirect) return crypto::bad_ciphertext();
  return crypto::open_jwe_dir(jwe.parts, key);
}

Result<SecretBytes> open(const Jwe& jwe, EVP_PKEY* rsa_private_key, Random& random) {
  if (jwe.algorithm != JweAlgorithm::kRsaOaep256) return crypto::bad_ciphertext();
  return crypto::open_jwe_rsa(jwe.parts, rsa_private_key, random);
}

}  // namespace hsm::jose
