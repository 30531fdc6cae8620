#pragma once
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/domain_id.h"
#include "core/key_backup.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// The bodies of the messages about the security domain and of what is done with its own keys, in the encoding of
// key_codec.h.
//
//   create domain     = nothing                    reply: sealed (bytes) | domain id (16) | record key (32)
//   open domain       = the sealed domain itself   reply: domain id (16) | record key (32)
//   export domain     = quorum (u32) | count (u32) | certificate (bytes) × count
//                       reply: count (u32) | (jwe (bytes) | tag (bytes)) × count
//                              | count (u32) | (key (bytes) | x5t-256 (bytes)) × count
//   sign checkpoint   = the message itself         reply: the signature (64)
//   audit public key  = nothing                    reply: the key (32)
//   seal backup       = a part of a backup         reply: its JWE
//   open backup       = a JWE                      reply: the part in it
inline constexpr std::size_t kCertificatesMax = 10;  // partition/domain/export_domain.h
inline constexpr std::size_t kCertificateBytesMax = 5 * 1024;
inline constexpr std::size_t kCheckpointBytesMax = 4 * 1024;
inline constexpr std::size_t kSealedDomainBytesMax = 512;
// A backup's part (core/key_backup.h) and its JWE, which is a third longer (partition/domain/backup_jwe.h).
inline constexpr std::size_t kBackupJweBytesMax = 63 * 1024;
constexpr std::size_t backup_jwe_bytes_max(std::size_t part_bytes) {
  constexpr std::size_t kAroundCiphertext = 256;  // header, iv, tag and dots: 154
  return (part_bytes / 3 + 8) * 4 + kAroundCiphertext;
}
static_assert(backup_jwe_bytes_max(core::kBackupPartBytesMax) <= kBackupJweBytesMax &&
              kBackupJweBytesMax <= kBodyBytesMax);
inline constexpr std::size_t kRecordKeyBytes = 32;
inline constexpr std::size_t kCheckpointSignatureBytes = 64;  // Ed25519, RFC 8032 §5.1.6
inline constexpr std::size_t kAuditPublicKeyBytes = 32;       // RFC 8032 §5.1.5

// The client's check, whose failure (kBadParameter) a caller can cause. What it lets pass, the decoder takes.
Status check_export(const std::vector<Bytes>& certificates);

struct ExportDomain {
  unsigned quorum = 0;
  std::vector<Bytes> certificates;
};
Bytes encode_export_domain(const std::vector<Bytes>& certificates, unsigned quorum);
Result<ExportDomain> decode_export_domain(ByteView body);
Bytes encode(const core::DomainFile& file);
Result<core::DomainFile> decode_domain_file(ByteView body);

struct DomainKeys {
  core::DomainId id{};
  SecretBytes record_key;
};
struct NewDomain {
  Bytes sealed;
  DomainKeys keys;
};
SecretBytes encode(const NewDomain& domain);
Result<NewDomain> decode_new_domain(ByteView body);
SecretBytes encode(const DomainKeys& keys);
Result<DomainKeys> decode_domain_keys(ByteView body);

}  // namespace hsm::partition
