#pragma once
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_material.h"
#include "partition/domain/domain_id.h"

namespace hsm::partition {

// A wrapped key is a customer key as it leaves a partition: material and policy, which can't be recombined (design §5).
//
//   blob   = version (u8, 1) | policy (39) | salt (16) | ciphertext (any) | tag (16)
//   policy = type (u8) | curve (u8) | bits (u16) | operations (u16) | exportable (u8) | release policy digest (32)
//   AES-256-GCM, AAD = domain id (16) | version | policy,
//   key (32) | nonce (12) = HKDF-SHA256(key-wrapping key, label, salt)
//
// Integers are little-endian. A random nonce of 96 bits under one key would bound an instance, all its partitions and
// restarts together, to 2^32 wraps (SP 800-38D §8.3); with a fresh key for each salt the bound is that of 128 random
// bits, and no partition has to know what the others wrapped.
inline constexpr std::size_t kWrappedKeyPolicyBytes = 39;
inline constexpr std::size_t kWrappedKeySaltBytes = 16;
inline constexpr std::size_t kWrappedKeyTagBytes = 16;
inline constexpr std::size_t kWrappedKeyOverheadBytes =
    1 + kWrappedKeyPolicyBytes + kWrappedKeySaltBytes + kWrappedKeyTagBytes;
// kWrappedKeyBytesMax: the largest key is RSA-4096, with its modulus, both exponents and five CRT numbers.
inline constexpr std::size_t kWrappedKeyBytesMax = 4096;

// wrap seals the material under `kek`, the instance's key-wrapping key (32 bytes).
Bytes wrap(const SecretBytes& kek, const DomainId& domain, const core::KeyPolicy& policy, const SecretBytes& material,
           Random& random);

struct UnwrappedKey {
  core::KeyPolicy policy;
  SecretBytes material;
};

// unwrap is the inverse. kBadCiphertext: anything else than a blob made by wrap with the same key and domain; never
// says what was wrong. The policy has been checked: its spec is one the service offers, its operations possible ones.
Result<UnwrappedKey> unwrap(const SecretBytes& kek, const DomainId& domain, ByteView blob);

// key_id names the blob (core::KeyId): the first 16 bytes of its SHA-256.
core::KeyId key_id(ByteView blob);

}  // namespace hsm::partition
