#include "crypto/hkdf.h"

#include <array>

#include "base/assert.h"
#include "crypto/openssl.h"

namespace hsm::crypto {
namespace {

EVP_KDF* fetched_hkdf() {
  static EVP_KDF* const kHkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  HSM_ASSERT(kHkdf != nullptr);
  return kHkdf;
}

}  // namespace

Result<SecretBytes> hkdf_sha256_salted(const SecretBytes& input, ByteView salt, ByteView info, std::size_t n) {
  if (n == 0 || n > kHkdfSha256BytesMax || input.empty()) {
    return fail(Errc::kBadParameter, "a derived key has a wrong length");
  }
  std::array<char, 9> digest{"SHA2-256"};
  std::array<OSSL_PARAM, 5> params{};
  std::size_t used = 0;
  params[used++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0);
  params[used++] = octet_param(OSSL_KDF_PARAM_KEY, input.reveal());
  if (!salt.empty()) params[used++] = octet_param(OSSL_KDF_PARAM_SALT, salt);
  if (!info.empty()) params[used++] = octet_param(OSSL_KDF_PARAM_INFO, info);
  params[used] = OSSL_PARAM_construct_end();
  SecretBytes out(n);
  const KdfContextPtr context(EVP_KDF_CTX_new(fetched_hkdf()));
  if (!context || EVP_KDF_derive(context.get(), out.writable().data(), n, params.data()) != 1) {
    return openssl_failed(Errc::kInternal, "key derivation failed");
  }
  return out;
}

SecretBytes hkdf_sha256(const SecretBytes& key, std::string_view label, ByteView context, std::size_t n) {
  HSM_ASSERT(label.find('\0') == std::string_view::npos);
  Bytes info = copy_of(bytes_of(label));
  info.push_back(0);
  info.insert(info.end(), context.begin(), context.end());
  auto derived = hkdf_sha256_salted(key, {}, info, n);
  HSM_ASSERT(derived);
  return *std::move(derived);
}

}  // namespace hsm::crypto
