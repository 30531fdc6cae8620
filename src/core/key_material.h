#pragma once
#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "core/key_operations.h"
#include "core/key_type.h"

namespace hsm::core {

// ReleasePolicyDigest is the SHA-256 of a canonical release policy; zero if there is none.
using ReleasePolicyDigest = std::array<std::uint8_t, 32>;

// KeyPolicy is what is bound to key material when it is wrapped, so that the two can't be recombined (design §5). A
// partition changes `operations` on request, within the type's possible ones and unless that evades the release policy
// (core/secure_wrap.h), and the release policy as long as it is not immutable; it never changes the rest.
struct KeyPolicy {
  KeySpec spec;
  KeyOperations operations;
  bool exportable = false;
  bool local = false;  // generated inside a partition, which alone sets it; imported otherwise, or too old to tell
  ReleasePolicyDigest release_policy_digest{};
  bool release_policy_immutable = false;
  friend bool operator==(const KeyPolicy&, const KeyPolicy&) = default;
};

constexpr bool has_release_policy(const KeyPolicy& policy) {
  return policy.release_policy_digest != ReleasePolicyDigest{};
}
// releasable_by_policy: an exportable key has a release policy, and none but a policy is immutable. A key that is not
// exportable may have one too: it says to whom secure unwrap gives what the key opens (core/secure_wrap.h).
constexpr bool releasable_by_policy(const KeyPolicy& policy) {
  return has_release_policy(policy) || (!policy.exportable && !policy.release_policy_immutable);
}

// PublicKey is the public half as JWK members: big-endian, RSA ones minimal, coordinates of the curve's width. Empty
// for symmetric keys.
struct PublicKey {
  Bytes modulus;   // n
  Bytes exponent;  // e
  Bytes x;
  Bytes y;
  Bytes pub;  // AKP: as FIPS 204 §7.2 encodes it
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

// KeyId names a wrapped key towards partitions: the first 16 bytes of the SHA-256 of its blob. A partition computes it
// itself when it loads a key, so that an id can't be made to mean another key.
using KeyId = std::array<std::uint8_t, 16>;

// WrappedKey is a customer key as it leaves a partition: material and policy under the instance's key-wrapping key. Its
// grammar stands in partition/engine/wrapped_key.h; everyone else takes it as opaque.
struct WrappedKey {
  KeyId id{};
  Bytes blob;
  PublicKey public_key;
};

}  // namespace hsm::core
