#include "crypto/certificate_issuing.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace hsm::crypto {
namespace {

using GeneralNamesPtr = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
using GeneralNamePtr = Owned<GENERAL_NAME, GENERAL_NAME_free>;
using IntegerPtr = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;

constexpr std::size_t kDnsNameBytesMax = 253;  // RFC 1035 §2.3.4

struct KindRow {
  CertificateKind kind;
  const char* constraints;
  const char* usage;
  const char* extended_usage;  // nullptr: none
};
constexpr auto kKinds = std::to_array<KindRow>({
    {CertificateKind::kAuthority, "critical,CA:TRUE,pathlen:0", "critical,keyCertSign,cRLSign", nullptr},
    {CertificateKind::kServer, "critical,CA:FALSE", "critical,digitalSignature", "serverAuth"},
    {CertificateKind::kNode, "critical,CA:FALSE", "critical,digitalSignature", "serverAuth,clientAuth"},
    {CertificateKind::kSignature, "critical,CA:FALSE", "critical,digitalSignature", nullptr},
    {CertificateKind::kKeyEncipherment, "critical,CA:FALSE", "critical,keyEncipherment", nullptr},
});

const KindRow& row(CertificateKind kind) {
  const auto found = std::ranges::find(kKinds, kind, &KindRow::kind);
  HSM_ASSERT(found != kKinds.end());
  return *found;
}

bool is_dns_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return !name.empty() && name.size() <= kDnsNameBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  });
}

bool set_subject(X509* x509, const std::string& common_name) {
  X509_NAME* subject = X509_get_subject_name(x509);
  return !common_name.empty() && X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                                            reinterpret_cast<const std::uint8_t*>(common_name.data()),
                                                            static_cast<int>(common_name.size()), -1, 0) == 1;
}

CertificateSerial random_serial(Random& random) {
  CertificateSerial bytes;
  random.fill(bytes);
  return bytes;
}

bool set_serial(X509* x509, CertificateSerial bytes) {
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7f) | 0x40);  // positive, and never short
  const BignumPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  const IntegerPtr serial(number ? BN_to_ASN1_INTEGER(number.get(), nullptr) : nullptr);
  return serial && X509_set_serialNumber(x509, serial.get()) == 1;
}

bool set_dates(X509* x509, const CertificateSpec& spec) {
  return spec.not_before < spec.not_after &&
         ASN1_TIME_set(X509_getm_notBefore(x509), unix_seconds(spec.not_before)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(x509), unix_seconds(spec.not_after)) != nullptr;
}

GeneralNamePtr dns_entry(const std::string& name) {
  if (!is_dns_name(name)) return nullptr;
  GeneralNamePtr entry(GENERAL_NAME_new());
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  HSM_ASSERT(entry && value != nullptr && ASN1_STRING_set(value, name.data(), static_cast<int>(name.size())) == 1);
  GENERAL_NAME_set0_value(entry.get(), GEN_DNS, value);  // takes it
  return entry;
}

GeneralNamePtr ip_entry(const std::string& address) {
  ASN1_OCTET_STRING* value = a2i_IPADDRESS(address.c_str());
  if (value == nullptr) return nullptr;
  GeneralNamePtr entry(GENERAL_NAME_new());
  HSM_ASSERT(entry);
  GENERAL_NAME_set0_value(entry.get(), GEN_IPADD, value);
  return entry;
}

bool push(GENERAL_NAMES* names, GeneralNamePtr entry) {
  if (!entry) return false;
  HSM_ASSERT(sk_GENERAL_NAME_push(names, entry.get()) > 0);
  static_cast<void>(entry.release());  // the stack's now
  return true;
}

// Names are put in as values, never as OpenSSL's configuration text, in which a comma would begin another name.
bool add_names(X509* x509, const CertificateSpec& spec) {
  if (spec.dns_names.empty() && spec.ip_addresses.empty()) return true;
  const GeneralNamesPtr names(sk_GENERAL_NAME_new_null());
  HSM_ASSERT(names);
  for (const auto& name : spec.dns_names) {
    if (!push(names.get(), dns_entry(name))) return false;
  }
  for (const auto& address : spec.ip_addresses) {
    if (!push(names.get(), ip_entry(address))) return false;
  }
  return X509_add1_ext_i2d(x509, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1;
}

bool add_extension(X509* x509, X509V3_CTX& context, int nid, const char* value) {
  if (value == nullptr) return true;
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  return extension && X509_add_ext(x509, extension.get(), -1) == 1;
}

bool add_extensions(X509* x509, X509* issuer, const CertificateSpec& spec) {
  const KindRow& kind = row(spec.kind);
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  return add_extension(x509, context, NID_basic_constraints, kind.constraints) &&
         add_extension(x509, context, NID_key_usage, kind.usage) &&
         add_extension(x509, context, NID_ext_key_usage, kind.extended_usage) &&
         add_extension(x509, context, NID_subject_key_identifier, "hash") &&
         add_extension(x509, context, NID_authority_key_identifier, "keyid:always") && add_names(x509, spec);
}

// An Ed25519 signature hashes for itself (RFC 8410 §3).
const EVP_MD* digest_for(const EVP_PKEY* key) {
  return EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : fetched(Digest::kSha256);
}

// make signs with `issuer_key`; a null `issuer` is the certificate itself.
Result<Certificate> make(const CertificateSpec& spec, EVP_PKEY* subject_key, X509* issuer, EVP_PKEY* issuer_key,
                         const CertificateSerial& serial) {
  const X509Ptr x509(X509_new());
  HSM_ASSERT(x509 && X509_set_version(x509.get(), X509_VERSION_3) == 1);
  if (issuer == nullptr) issuer = x509.get();
  if (!set_subject(x509.get(), spec.common_name) || !set_serial(x509.get(), serial) || !set_dates(x509.get(), spec) ||
      X509_set_pubkey(x509.get(), subject_key) != 1 ||
      X509_set_issuer_name(x509.get(), X509_get_subject_name(issuer)) != 1 ||
      !add_extensions(x509.get(), issuer, spec)) {
    return openssl_failed(Errc::kBadParameter, "no certificate can be made of these names and dates");
  }
  if (X509_sign(x509.get(), issuer_key, digest_for(issuer_key)) <= 0) {
    return openssl_failed(Errc::kInternal, "a certificate could not be signed");
  }
  std::uint8_t* raw = nullptr;
  const int size = i2d_X509(x509.get(), &raw);
  HSM_ASSERT(size > 0);
  const Bytes der(raw, raw + size);
  OPENSSL_free(raw);
  return Certificate::from_der(der);
}

}  // namespace

Result<Certificate> make_self_signed(const CertificateSpec& spec, EVP_PKEY* key_pair, Random& random) {
  return make(spec, key_pair, nullptr, key_pair, random_serial(random));
}

Result<Certificate> make_self_signed(const CertificateSpec& spec, EVP_PKEY* key_pair, const CertificateSerial& serial) {
  return make(spec, key_pair, nullptr, key_pair, serial);
}

Result<Certificate> issue_certificate(const CertificateSpec& spec, EVP_PKEY* subject_key, const Certificate& issuer,
                                      EVP_PKEY* issuer_key, Random& random) {
  return make(spec, subject_key, issuer.get(), issuer_key, random_serial(random));
}

Result<Certificate> issue_certificate(const CertificateSpec& spec, EVP_PKEY* subject_key, const Certificate& issuer,
                                      EVP_PKEY* issuer_key, const CertificateSerial& serial) {
  return make(spec, subject_key, issuer.get(), issuer_key, serial);
}

}  // namespace hsm::crypto
