#include "attestation/attester.h"

#include <algorithm>

#include "base/assert.h"
#include "base/hex.h"
#include "crypto/certificate_issuing.h"
#include "crypto/digest.h"

namespace hsm::attestation {
namespace {

// signed: other dates are other certificates, and those that someone has pinned would not be found again.
constexpr TimePoint kNotBefore{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z, before the first of them

// A serial number needs to be unique among an issuer's certificates; the key that it certifies is.
crypto::CertificateSerial serial_of(const crypto::Ed25519Key& key) {
  const crypto::Sha256Value digest = crypto::sha256(key.public_key());
  crypto::CertificateSerial serial;
  std::copy_n(digest.begin(), serial.size(), serial.begin());
  return serial;
}

crypto::CertificateSpec spec(crypto::CertificateKind kind, std::string name) {
  return {.kind = kind,
          .common_name = std::move(name),
          .dns_names = {},
          .ip_addresses = {},
          .not_before = kNotBefore,
          .not_after = crypto::kNoExpiry};
}

std::string chain(const core::DomainId& domain, const crypto::Ed25519Key& root_key, const crypto::Ed25519Key& key) {
  using crypto::CertificateKind;
  const auto root = crypto::make_self_signed(spec(CertificateKind::kAuthority, root_name(domain)), root_key.get(),
                                             serial_of(root_key));
  HSM_ASSERT(root.has_value());
  const auto leaf =
      crypto::issue_certificate(spec(CertificateKind::kSignature, "Strongroom " + to_hex(domain) + " attester"),
                                key.get(), *root, root_key.get(), serial_of(key));
  HSM_ASSERT(leaf.has_value());
  return leaf->pem() + root->pem();
}

}  // namespace

std::string root_name(ByteView domain_id) {
  return "Strongroom " + to_hex(domain_id) + " attestation root";
}

Attester::Attester(const core::DomainId& domain, const SecretBytes& root_seed, const SecretBytes& attester_seed)
    : key_(attester_seed), certificates_(chain(domain, crypto::Ed25519Key(root_seed), key_)) {}

Bytes Attester::sign(const Object& object) const {
  Bytes blob = encode(object);
  const crypto::Ed25519Signature signature = key_.sign(blob);
  static_assert(std::tuple_size_v<crypto::Ed25519Signature> == kSignatureBytes);
  blob.insert(blob.end(), signature.begin(), signature.end());
  return blob;
}

Result<core::KeyAttestation> Attester::attest(const KeyFacts& facts) const {
  HSM_TRY(const KeyObjects objects, key_objects(facts));
  core::KeyAttestation attestation{.certificates = certificates_, .private_key = sign(objects.key), .public_key = {}};
  if (objects.public_key) attestation.public_key = sign(*objects.public_key);
  return attestation;
}

}  // namespace hsm::attestation
