#pragma once
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/domain_id.h"
#include "core/key_material.h"
#include "partition/domain/salted_seal.h"

namespace hsm::partition {

// A wrapped key is a customer key as it leaves a partition: material and policy, which can't be recombined (design §5).
//
//   blob   = version (u8, 2) | policy (39) | salted seal of the material (domain/salted_seal.h)
//   policy = type (u8) | curve (u8) | bits (u16) | operations (u16) | flags (u8) | release policy digest (32)
//   flags  = 1 exportable | 2 its release policy is immutable | 4 local
//   root key of the seal: the instance's key-wrapping key; additional data: domain id (16) | version | policy
//
// Blobs of version 1 are read too: they have no flag but exportable, and so count as imported.
// Integers are little-endian. The material is in the engine's own form (engine.h).
inline constexpr std::size_t kWrappedKeyPolicyBytes = 39;
inline constexpr std::size_t kWrappedKeyOverheadBytes = 1 + kWrappedKeyPolicyBytes + kSealOverheadBytes;
// kWrappedKeyBytesMax: the largest key is RSA-4096, with its modulus, private exponent and five CRT numbers (2.3 KiB).
inline constexpr std::size_t kWrappedKeyBytesMax = 4096;

// wrap seals the material under `kek`, the key-wrapping key (32 bytes). The policy is one that unwrap accepts and the
// blob is no longer than kWrappedKeyBytesMax; all else is a programmer's error.
Bytes wrap(const SecretBytes& kek, const core::DomainId& domain, const core::KeyPolicy& policy,
           const SecretBytes& material, Random& random);

struct UnwrappedKey {
  core::KeyPolicy policy;
  SecretBytes material;
};

// unwrap is the inverse. kBadCiphertext: anything but a blob made by wrap with the same key and domain; never says what
// was wrong. The policy it returns has a spec that the service offers and operations possible for it.
Result<UnwrappedKey> unwrap(const SecretBytes& kek, const core::DomainId& domain, ByteView blob);

// key_id names the blob (core::KeyId): the first 16 bytes of its SHA-256.
core::KeyId key_id(ByteView blob);

}  // namespace hsm::partition
