#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// The bodies of the messages about keys. This and domain_codec.h use the encoding of base/wire.h: integers are
// little-endian and of fixed width, `bytes` is a u32 length and as many bytes. What stands for itself fills the body.
//
//   policy            = type (u8) | curve (u8) | bits (u16) | operations (u16) | release flags (u8)
//                       | release policy digest (32)          flags: 1 exportable, 2 immutable policy
//   public key        = n (bytes) | e (bytes) | x (bytes) | y (bytes) | pub (bytes)
//   generate          = policy | public exponent (u32)                    reply: key
//   import            = policy | public key | d | p | q | dp | dq | qi | k | priv (8 × bytes)    reply: key
//   key               = id (16) | wrapped (bytes) | public key
//   change operations = id (16) | operations (u16) | wrapped (bytes)      reply: id (16) | wrapped (bytes)
//   import transfer   = policy (bits 0) | id (16) | exchange key (bytes) | wrapped (bytes)
//                       reply: bits (u16) | key
//
// Decoders are strict: each field within its limit, nothing left over. An error is kInternal: who sent it is broken.
inline constexpr std::size_t kKeyMemberBytesMax =
    1024;  // one JWK member, e.g. the modulus of RSA-4096: 512; pub: see core
inline constexpr std::size_t kTransferBytesMax = 8 * 1024;  // RSA-4096 to RSA-4096: 2,896

// The client's checks, whose failures (kBadParameter) a caller can cause. What they let pass, decoders take.
Status check(const core::GenerateRequest& request);
Status check(const core::ImportRequest& request);
Status check(const core::TransferRequest& request);

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

}  // namespace hsm::partition
