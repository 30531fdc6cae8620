#pragma once
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm::partition {

// A salted seal is AES-256-GCM under a key that is used once:
//
//   sealed = salt (16) | ciphertext | tag (16)
//   key (32) | nonce (12) = HKDF-SHA256(root key, label, salt)
//
// Random nonces under one key are safe for 2^32 messages only, counted over everyone who holds the key (SP 800-38D
// §8.3). Here only two equal salts of 128 random bits could meet, and the holders need not know of each other.
inline constexpr std::size_t kSealSaltBytes = 16;
inline constexpr std::size_t kSealTagBytes = 16;
inline constexpr std::size_t kSealOverheadBytes = kSealSaltBytes + kSealTagBytes;

// append_salted_seal writes `sealed` behind what `out` holds. `key` is uniform, of any length but 0; `label` says what
// is sealed.
void append_salted_seal(Bytes& out, const SecretBytes& key, std::string_view label, ByteView aad, ByteView plaintext,
                        Random& random);

// kBadCiphertext: anything but what append_salted_seal made with the same key, label and additional data.
Result<SecretBytes> open_salted_seal(const SecretBytes& key, std::string_view label, ByteView aad, ByteView sealed);

}  // namespace hsm::partition
