#pragma once
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/domain_id.h"

namespace hsm::partition {

inline constexpr std::size_t kMasterSecretBytes = 32;
inline constexpr std::size_t kDomainPayloadBytes = 1 + std::tuple_size_v<core::DomainId> + kMasterSecretBytes;

// MasterSecret is the root of one instance's keys (design §5). It is born in a partition and leaves it in two forms
// only: sealed by the node's seal (sealed_domain.h) and encrypted to the quorum's certificates (export_domain.h).
// Immutable; moves, never copies.
//
// Each key below is HKDF-SHA256 of the secret with a label of its own and the domain id as context.
class MasterSecret {
 public:
  static MasterSecret create(Random& random);

  // open_payload reads the plain form: format version (u8, 1) | domain id (16) | secret (32). It is what stands,
  // encrypted, in the security-domain file and in a sealed domain. kBadParameter: not of this form.
  static Result<MasterSecret> open_payload(const SecretBytes& payload);
  SecretBytes payload() const;

  const core::DomainId& domain_id() const { return id_; }

  SecretBytes key_wrapping_key() const;       // 32 bytes, for wrapped_key.h; never leaves partitions
  SecretBytes record_key() const;             // 32 bytes; given to the front end, seals store records
  SecretBytes backup_key() const;             // 64 bytes, A256CBC-HS512 of key backups and full backups
  SecretBytes audit_seed() const;             // 32 bytes, Ed25519; never leaves partitions
  SecretBytes attestation_seed() const;       // 32 bytes, Ed25519; never leaves partitions
  SecretBytes attestation_root_seed() const;  // 32 bytes, Ed25519; never leaves partitions

 private:
  MasterSecret(const core::DomainId& id, SecretBytes secret) : id_(id), secret_(std::move(secret)) {}
  SecretBytes derive(const char* label, std::size_t n) const;

  core::DomainId id_;
  SecretBytes secret_;
};

}  // namespace hsm::partition
