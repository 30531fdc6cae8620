#include "tests/http/self_signed.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/assert.h"

namespace hsm::http::testing {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr long kDaySeconds = 24 * 60 * 60;

}  // namespace

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "http-test-XXXXXX").string();
  HSM_ASSERT(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::filesystem::remove_all(path_);
}

TlsConfig write_self_signed(const std::filesystem::path& folder, const std::string& common_name) {
  const TlsConfig files{.certificate_chain_file = folder / (common_name + ".crt"),
                        .private_key_file = folder / (common_name + ".key")};
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  X509* const x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(x), kDaySeconds);
  X509_set_pubkey(x, key.get());
  X509_NAME* const name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(x, name);
  HSM_ASSERT(X509_sign(x, key.get(), EVP_sha256()) > 0);
  const Owned<std::FILE> certificate_file(std::fopen(files.certificate_chain_file.c_str(), "w"));
  const Owned<std::FILE> key_file(std::fopen(files.private_key_file.c_str(), "w"));
  HSM_ASSERT(certificate_file && key_file && PEM_write_X509(certificate_file.get(), x) == 1);
  HSM_ASSERT(PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return files;
}

}  // namespace hsm::http::testing
