#include "crypto/certificate.h"

#include <openssl/pem.h>

#include <ctime>

#include "base/assert.h"
#include "base/secret_bytes.h"
#include "crypto/public_key.h"

namespace hsm::crypto {
namespace {

std::unexpected<Error> not_a_certificate() {
  return openssl_failed(Errc::kBadParameter, "the certificate can't be read");
}

// A time that is no time counts as the beginning of all: as not_after it is long over.
TimePoint time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return from_unix_seconds(0);
  return from_unix_seconds(timegm(&parts));
}

}  // namespace

Result<Certificate> Certificate::from_der(ByteView der) {
  if (der.empty() || der.size() > kCertificateBytesMax) return not_a_certificate();
  const std::uint8_t* next = der.data();
  X509Ptr x509(d2i_X509(nullptr, &next, static_cast<long>(der.size())));
  if (!x509 || next != der.data() + der.size()) return not_a_certificate();
  return Certificate({x509.release(), X509_free}, copy_of(der));
}

Result<std::vector<Certificate>> Certificate::all_from_pem(std::string_view pem) {
  if (pem.empty() || pem.size() > 2 * kCertificateBytesMax * kCertificatesInPemMax) return not_a_certificate();
  const BioPtr in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  HSM_ASSERT(in);
  std::vector<Certificate> all;
  char* name = nullptr;
  char* header = nullptr;
  std::uint8_t* data = nullptr;
  long size = 0;
  while (PEM_read_bio(in.get(), &name, &header, &data, &size) == 1) {
    const bool is_certificate = std::string_view(name) == PEM_STRING_X509;
    const SecretBytes der = SecretBytes::take({data, static_cast<std::size_t>(size)});  // other blocks may be keys
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    if (!is_certificate) continue;
    HSM_TRY(Certificate certificate, from_der(der.reveal()));
    all.push_back(std::move(certificate));
    if (all.size() > kCertificatesInPemMax) return not_a_certificate();
  }
  if (all.empty()) return not_a_certificate();
  openssl_error();  // the end of the text is an error in OpenSSL's queue
  return all;
}

std::string Certificate::pem() const {
  const BioPtr out(BIO_new(BIO_s_mem()));
  HSM_ASSERT(out && PEM_write_bio_X509(out.get(), x509_.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Result<PkeyPtr> Certificate::public_key() const {
  return checked_public_key(X509_get0_pubkey(x509_.get()));
}

Result<Ed25519Public> Certificate::ed25519_key() const {
  const EVP_PKEY* key = X509_get0_pubkey(x509_.get());
  Ed25519Public raw;
  std::size_t size = raw.size();
  if (key == nullptr || EVP_PKEY_is_a(key, "ED25519") != 1 ||
      EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1 || size != raw.size()) {
    return openssl_failed(Errc::kBadParameter, "the certificate's key is not an Ed25519 key");
  }
  return raw;
}

std::string Certificate::common_name() const {
  const X509_NAME* subject = X509_get_subject_name(x509_.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  std::uint8_t* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) {
    openssl_error();
    return {};
  }
  std::string name(text_of({text, static_cast<std::size_t>(size)}));
  OPENSSL_free(text);
  return name;
}

TimePoint Certificate::not_before() const {
  return time_of(X509_get0_notBefore(x509_.get()));
}

TimePoint Certificate::not_after() const {
  return time_of(X509_get0_notAfter(x509_.get()));
}

bool Certificate::signed_by(const Certificate& issuer) const {
  EVP_PKEY* key = X509_get0_pubkey(issuer.get());
  const bool right = key != nullptr && X509_verify(x509_.get(), key) == 1;
  if (!right) openssl_error();
  return right;
}

}  // namespace hsm::crypto
