#include "release/response_signer.h"

#include <boost/json/array.hpp>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/base64url.h"
#include "base/private_file.h"
#include "crypto/certificate.h"
#include "crypto/jose/jws.h"
#include "crypto/key_pair.h"
#include "crypto/public_key.h"

namespace hsm::release {
namespace {

namespace json = boost::json;

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kUnavailable, "can't read the certificate " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<crypto::PkeyPtr> read_key(const std::string& path) {
  HSM_TRY(const std::optional<SecretBytes> pem, read_private_file(path));
  if (!pem) return fail(Errc::kUnavailable, "can't read the private key " + path);
  return crypto::private_key_from_pem(*pem);
}

json::object header_of(const std::vector<crypto::Certificate>& chain) {
  const std::string thumbprint = to_base64url(chain.front().sha256_thumbprint());
  json::array x5c;
  for (const crypto::Certificate& certificate : chain) x5c.emplace_back(to_base64(certificate.der()));
  json::object header;
  header["kid"] = thumbprint;
  header["x5c"] = std::move(x5c);
  header["x5t#S256"] = thumbprint;
  return header;
}

}  // namespace

Result<std::unique_ptr<ResponseSigner>> ResponseSigner::load(const std::string& chain_file,
                                                             const std::string& key_file) {
  HSM_TRY(const std::string text, read_text(chain_file));
  HSM_TRY(const auto chain, crypto::Certificate::all_from_pem(text));
  HSM_TRY(const crypto::PkeyPtr certified, chain.front().public_key());
  HSM_TRY(const core::KeySpec spec, crypto::spec_of(certified.get()));
  if (spec.type != core::KeyType::kRsa) return fail(Errc::kBadParameter, chain_file + " is not an RSA certificate");
  HSM_TRY(crypto::PkeyPtr key, read_key(key_file));
  if (EVP_PKEY_eq(certified.get(), key.get()) != 1) {
    return crypto::openssl_failed(Errc::kBadParameter, key_file + " is not the key of " + chain_file);
  }
  return std::unique_ptr<ResponseSigner>(new ResponseSigner(header_of(chain), std::move(key)));
}

Result<std::string> ResponseSigner::sign(std::string_view payload) const {
  return jose::sign_jws(core::Algorithm::kRs256, key_.get(), header_, bytes_of(payload));
}

}  // namespace hsm::release
