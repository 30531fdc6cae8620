#include "partition/domain/export_domain.h"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/base64url.h"
#include "crypto/certificate.h"
#include "crypto/compact_jwe.h"
#include "crypto/kbkdf.h"
#include "crypto/shamir.h"

namespace hsm::partition {
namespace {

constexpr std::size_t kOneTimeKeyBytes = 32;          // reference/security-domain.md §1
constexpr std::string_view kShareKeyId = "not used";  // §5.4, recorded; no client looks at it

struct Holder {
  crypto::PkeyPtr key;
  crypto::Sha256Value thumbprint;
};

Status check_numbers(std::size_t certificates, unsigned quorum) {
  if (certificates < kDomainCertificatesMin || certificates > kDomainCertificatesMax) {
    return fail(Errc::kBadParameter, fmt::format("a security domain takes {} to {} certificates, not {}",
                                                 kDomainCertificatesMin, kDomainCertificatesMax, certificates));
  }
  if (quorum < kDomainQuorumMin || quorum > certificates) {
    return fail(Errc::kBadParameter, fmt::format("the quorum must be {} to the number of certificates ({}), not {}",
                                                 kDomainQuorumMin, certificates, quorum));
  }
  return {};
}

Result<Holder> holder_of(ByteView der) {
  HSM_TRY(const crypto::Certificate certificate, crypto::Certificate::from_der(der));
  HSM_TRY(crypto::PkeyPtr key, certificate.public_key());
  if (EVP_PKEY_is_a(key.get(), "RSA") != 1 || EVP_PKEY_get_bits(key.get()) < kDomainCertificateRsaBitsMin) {
    return fail(Errc::kBadParameter, fmt::format("a security domain's certificates must have RSA keys of at least {} "
                                                 "bits",
                                                 kDomainCertificateRsaBitsMin));
  }
  return Holder{std::move(key), certificate.sha256_thumbprint()};
}

Result<std::vector<Holder>> holders_of(std::span<const Bytes> certificates) {
  std::vector<Holder> holders;
  std::set<crypto::Sha256Value> seen;
  for (const Bytes& der : certificates) {
    HSM_TRY(Holder holder, holder_of(der));
    if (!seen.insert(holder.thumbprint).second) {
      return fail(Errc::kBadParameter, "a certificate occurs twice; its holder would have two shares");
    }
    holders.push_back(std::move(holder));
  }
  return holders;
}

}  // namespace

Result<core::DomainFile> export_domain(const MasterSecret& master, std::span<const Bytes> certificates, unsigned quorum,
                                       Random& random) {
  HSM_CHECK(check_numbers(certificates.size(), quorum));
  HSM_TRY(const std::vector<Holder> holders, holders_of(certificates));
  SecretBytes one_time_key(kOneTimeKeyBytes);
  random.fill(one_time_key.writable());

  core::DomainFile file;
  const SecretBytes payload_key = crypto::security_domain_key(one_time_key, kDomainTag);
  file.data.push_back(
      {crypto::make_jwe_dir(payload_key, kDomainTag, master.payload().reveal(), random), std::string(kDomainTag)});

  HSM_TRY(const std::vector<SecretBytes> shares,
          crypto::split_secret(one_time_key, quorum, static_cast<unsigned>(holders.size()), random));
  for (std::size_t i = 0; i < holders.size(); ++i) {
    HSM_TRY(std::string wrapped, crypto::make_jwe_rsa(holders[i].key.get(), kShareKeyId, shares[i].reveal(), random));
    file.shares.push_back({std::move(wrapped), to_base64url(holders[i].thumbprint)});
  }
  return file;
}

}  // namespace hsm::partition
