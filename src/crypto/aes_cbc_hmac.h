#pragma once
#include <array>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm::crypto {

// A256CBC-HS512 (RFC 7518 §5.2.5), the content encryption of security-domain and backup files: AES-256-CBC under the
// last 32 bytes of the key, then HMAC-SHA512 cut to 32 bytes under the first 32.
inline constexpr std::size_t kCbcHmacKeyBytes = 64;
inline constexpr std::size_t kCbcHmacIvBytes = 16;
inline constexpr std::size_t kCbcHmacTagBytes = 32;

struct CbcHmacSealed {
  Bytes ciphertext;
  std::array<std::uint8_t, kCbcHmacTagBytes> tag;
};

// seal: key and iv have exactly the sizes above; an iv is never used twice with one key.
CbcHmacSealed cbc_hmac_seal(const SecretBytes& key, ByteView iv, ByteView aad, ByteView plaintext);

// open checks the tag before it decrypts. kBadCiphertext: anything wrong, lengths included; a shorter tag is never
// compared (security-domain.md §5.3).
Result<SecretBytes> cbc_hmac_open(const SecretBytes& key, ByteView iv, ByteView aad, ByteView ciphertext, ByteView tag);

}  // namespace hsm::crypto
