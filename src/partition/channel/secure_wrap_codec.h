#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// The bodies of the messages about secure wrap, in the encoding of key_codec.h.
//
//   secure wrap   = alg (u8) | id (16) | wrapped (bytes)                                reply: value
//   secure unwrap = alg (u8) | id (16) | wrapped (bytes) | value (bytes) | policy (bytes) | token (bytes)
//                   | issuer (bytes)                                                    reply: ciphertext
//
// Policy and token are JSON; decoders hold them to their limits and do not look inside.

// The client's checks, whose failures (kBadParameter) a caller can cause. What they let pass, decoders take.
Status check(const core::SecureWrapRequest& request);
Status check(const core::SecureUnwrapRequest& request);

Bytes encode(const core::SecureWrapRequest& request);
Result<core::SecureWrapRequest> decode_secure_wrap(ByteView body);
Bytes encode(const core::SecureUnwrapRequest& request);
Result<core::SecureUnwrapRequest> decode_secure_unwrap(ByteView body);

}  // namespace hsm::partition
