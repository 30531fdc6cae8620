#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "core/ports/partitions.h"
#include "partition/channel/message.h"

namespace hsm::partition {

// The bodies of the messages about secure key release, in the encoding of key_codec.h.
//
//   change release policy = immutable (u8) | id (16) | wrapped (bytes) | policy (bytes)   reply: id (16) | wrapped
//   (bytes) release               = enc (u8) | id (16) | wrapped (bytes) | policy (bytes) | token (bytes)
//                           reply: kid (bytes) | ciphertext (bytes)
//
// Policy and token are JSON; decoders hold them to their limits and do not look inside.

// The client's checks, whose failures (kBadParameter) a caller can cause. What they let pass, decoders take.
Status check(const core::ReleaseRequest& request);
Status check_policy_change(const core::KeyReference& key, const core::ReleasePolicy& policy);

Bytes encode(const core::ReleaseRequest& request);
Result<core::ReleaseRequest> decode_release(ByteView body);
Bytes encode(const core::ReleasedKey& key);
Result<core::ReleasedKey> decode_released_key(ByteView body);

struct ChangeReleasePolicy {
  core::KeyReference key;
  std::string policy;  // canonical text
  bool immutable = false;
};
Bytes encode(const ChangeReleasePolicy& change);
Result<ChangeReleasePolicy> decode_change_release_policy(ByteView body);

}  // namespace hsm::partition
