#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "audit/chain.h"
#include "base/bytes.h"

namespace hsm::audit {

inline constexpr std::size_t kPublicKeyBytes = 32;  // Ed25519, RFC 8032 §5.1.5
inline constexpr std::size_t kSignatureBytes = 64;  // RFC 8032 §5.1.6

// kCheckpointLagMax bounds how many lines may stand between the line that a checkpoint vouches for and the checkpoint
// itself (requests go on while a partition signs), so that a verifier remembers so many hashes and no more.
inline constexpr std::uint64_t kCheckpointLagMax = 65'536;

// Checkpoint is the audit key's word that the line `sequence` has this hash, and so that all lines up to it are what
// was written.
struct Checkpoint {
  std::uint64_t sequence = 0;
  LineHash hash{};
  std::string time;  // iso8601
  Bytes public_key;
  Bytes signature;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// signed_message is what the signature is over: a label that nothing else signed with this key begins with, a zero
// byte, the sequence number (64 bits, little-endian), the hash and the time's text.
Bytes signed_message(const Checkpoint& checkpoint);

bool signature_holds(const Checkpoint& checkpoint);

}  // namespace hsm::audit
