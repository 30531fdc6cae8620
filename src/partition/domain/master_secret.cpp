#include "partition/domain/master_secret.h"

#include <algorithm>

#include "crypto/hkdf.h"

namespace hsm::partition {
namespace {

constexpr std::uint8_t kFormatVersion = 1;
constexpr std::size_t kIdBytes = std::tuple_size_v<core::DomainId>;

// stored: another label is another key, and all that it protected is lost.
constexpr const char* kKeyWrappingLabel = "strongroom key wrapping 1";
constexpr const char* kRecordLabel = "strongroom records 1";
constexpr const char* kBackupLabel = "strongroom backup 1";
constexpr const char* kAuditLabel = "strongroom audit 1";
constexpr const char* kAttestationLabel = "strongroom attestation 1";
constexpr const char* kAttestationRootLabel = "strongroom attestation root 1";

}  // namespace

MasterSecret MasterSecret::create(Random& random) {
  core::DomainId id{};
  random.fill(id);
  SecretBytes secret(kMasterSecretBytes);
  random.fill(secret.writable());
  return {id, std::move(secret)};
}

Result<MasterSecret> MasterSecret::open_payload(const SecretBytes& payload) {
  const ByteView bytes = payload.reveal();
  if (bytes.size() != kDomainPayloadBytes || bytes[0] != kFormatVersion) {
    return fail(Errc::kBadParameter, "the security domain is not of a form that this version reads");
  }
  core::DomainId id{};
  std::ranges::copy(bytes.subspan(1, kIdBytes), id.begin());
  return MasterSecret(id, SecretBytes::copy(bytes.last(kMasterSecretBytes)));
}

SecretBytes MasterSecret::payload() const {
  SecretBytes payload(kDomainPayloadBytes);
  const auto out = payload.writable();
  out[0] = kFormatVersion;
  std::ranges::copy(id_, out.subspan(1).begin());
  std::ranges::copy(secret_.reveal(), out.last(kMasterSecretBytes).begin());
  return payload;
}

SecretBytes MasterSecret::derive(const char* label, std::size_t n) const {
  return crypto::hkdf_sha256(secret_, label, id_, n);
}

SecretBytes MasterSecret::key_wrapping_key() const {
  return derive(kKeyWrappingLabel, 32);
}
SecretBytes MasterSecret::record_key() const {
  return derive(kRecordLabel, 32);
}
SecretBytes MasterSecret::backup_key() const {
  return derive(kBackupLabel, 64);
}
SecretBytes MasterSecret::audit_seed() const {
  return derive(kAuditLabel, 32);
}
SecretBytes MasterSecret::attestation_seed() const {
  return derive(kAttestationLabel, 32);
}
SecretBytes MasterSecret::attestation_root_seed() const {
  return derive(kAttestationRootLabel, 32);
}

}  // namespace hsm::partition
