#include "crypto/kbkdf.h"

#include <array>

#include "base/assert.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

EVP_KDF* fetched_kbkdf() {
  static EVP_KDF* const kKbkdf = EVP_KDF_fetch(nullptr, "KBKDF", nullptr);
  HSM_ASSERT(kKbkdf != nullptr);
  return kKbkdf;
}

}  // namespace

SecretBytes kbkdf_hmac_sha512(const SecretBytes& key, std::string_view label, ByteView context, std::size_t n) {
  HSM_ASSERT(n >= 1 && n <= 64 && !key.empty());
  // Counter mode, a 32-bit counter, the separator and the length are OpenSSL's defaults. It calls the label salt and
  // the context info.
  std::array<char, 5> mac{"HMAC"};
  std::array<char, 9> digest{"SHA2-512"};
  std::array<OSSL_PARAM, 6> params{};
  std::size_t used = 0;
  params[used++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, mac.data(), 0);
  params[used++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0);
  params[used++] = octet_param(OSSL_KDF_PARAM_KEY, key.reveal());
  params[used++] = octet_param(OSSL_KDF_PARAM_SALT, bytes_of(label));
  if (!context.empty()) params[used++] = octet_param(OSSL_KDF_PARAM_INFO, context);
  params[used] = OSSL_PARAM_construct_end();
  SecretBytes out(n);
  const KdfContextPtr derivation(EVP_KDF_CTX_new(fetched_kbkdf()));
  HSM_ASSERT(derivation && EVP_KDF_derive(derivation.get(), out.writable().data(), n, params.data()) == 1);
  return out;
}

}  // namespace hsm::crypto
