#pragma once
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_backup.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"
#include "partition/domain/domain_id.h"

namespace hsm::partition {

// The bodies of all messages but those of perform_codec.h, in the encoding of base/wire.h: integers are little-endian
// and of fixed width, `bytes` is a u32 length and as many bytes.
//
//   policy            = type (u8) | curve (u8) | bits (u16) | operations (u16) | exportable (u8)
//                       | release policy digest (32)
//   public key        = n (bytes) | e (bytes) | x (bytes) | y (bytes)
//   generate          = policy | public exponent (u32)                    reply: key
//   import            = policy | public key | d | p | q | dp | dq | qi | k (7 × bytes)    reply: key
//   key               = id (16) | wrapped (bytes) | public key
//   change operations = id (16) | operations (u16) | wrapped (bytes)      reply: id (16) | wrapped (bytes)
//   export domain     = quorum (u32) | count (u32) | certificate (bytes) × count
//                       reply: count (u32) | (jwe (bytes) | tag (bytes)) × count
//                              | count (u32) | (key (bytes) | x5t-256 (bytes)) × count
//   sign checkpoint   = the message itself                                reply: the signature (64)
//   audit public key  = nothing                                           reply: the key (32)
//   import transfer   = policy (bits 0) | id (16) | exchange key (bytes) | wrapped (bytes)
//                       reply: bits (u16) | key
//   seal backup       = a part of a backup                                reply: its JWE
//   open backup       = a JWE                                             reply: the part in it
//   create domain     = nothing                    reply: sealed (bytes) | domain id (16) | record key (32)
//   open domain       = the sealed domain itself   reply: domain id (16) | record key (32)
//
// Decoders are strict: each field within its limit, nothing left over. An error is kInternal: who sent it is broken.
inline constexpr std::size_t kKeyMemberBytesMax = 1024;  // one JWK member, e.g. the modulus of RSA-4096: 512
inline constexpr std::size_t kCertificatesMax = 10;      // partition/domain/export_domain.h
inline constexpr std::size_t kCertificateBytesMax = 5 * 1024;
inline constexpr std::size_t kCheckpointBytesMax = 4 * 1024;
inline constexpr std::size_t kSealedDomainBytesMax = 512;
inline constexpr std::size_t kTransferBytesMax = 8 * 1024;  // RSA-4096 to RSA-4096: 2,896
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

// The client's checks, whose failures (kBadParameter) a caller can cause. What they let pass, decoders take.
Status check(const core::GenerateRequest& request);
Status check(const core::ImportRequest& request);
Status check(const core::TransferRequest& request);
Status check_export(const std::vector<Bytes>& certificates);

Bytes encode(const core::GenerateRequest& request);
Result<core::GenerateRequest> decode_generate(ByteView body);

SecretBytes encode(const core::ImportRequest& request);
Result<core::ImportRequest> decode_import(ByteView body);

Bytes encode(const core::TransferRequest& request);
Result<core::TransferRequest> decode_transfer(ByteView body);
Bytes encode(const core::TransferredKey& key);
// decode_transferred_key gives the reply's bits; the rest of the spec is what was asked for.
Result<core::TransferredKey> decode_transferred_key(ByteView body);

Bytes encode(const core::WrappedKey& key);
Result<core::WrappedKey> decode_wrapped_key(ByteView body);

struct ChangeOperations {
  core::KeyReference key;
  core::KeyOperations operations;
};
Bytes encode(const core::KeyReference& key, core::KeyOperations operations);
Result<ChangeOperations> decode_change_operations(ByteView body);
Bytes encode(const core::KeyReference& key);
Result<core::KeyReference> decode_key_reference(ByteView body);

struct ExportDomain {
  unsigned quorum = 0;
  std::vector<Bytes> certificates;
};
Bytes encode_export_domain(const std::vector<Bytes>& certificates, unsigned quorum);
Result<ExportDomain> decode_export_domain(ByteView body);
Bytes encode(const core::DomainFile& file);
Result<core::DomainFile> decode_domain_file(ByteView body);

struct DomainKeys {
  DomainId id{};
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
