#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// The bodies of the message about attestation, in the encoding of key_codec.h.
//
//   attest key = id (16) | wrapped (bytes) | attested id (bytes)
//                reply: certificates (bytes) | private blob (bytes) | public blob (bytes)
//
// The attested id is printable ASCII: /keys/{name}/{version}, 167 bytes at the most.
inline constexpr std::size_t kAttestedIdBytesMax = 256;
inline constexpr std::size_t kAttestationCertificatesBytesMax = 4 * 1024;
inline constexpr std::size_t kAttestationBlobBytesMax = 8 * 1024;  // attestation/blob.h

struct AttestKey {
  core::KeyReference key;
  std::string id;
};
// The client's check, whose failure (kBadParameter) a caller can cause. What it lets pass, the decoder takes.
Status check_attest(const core::KeyReference& key, std::string_view id);
Bytes encode_attest(const core::KeyReference& key, std::string_view id);
Result<AttestKey> decode_attest(ByteView body);

Bytes encode(const core::KeyAttestation& attestation);
Result<core::KeyAttestation> decode_attestation(ByteView body);

}  // namespace hsm::partition
