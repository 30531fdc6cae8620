#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// AES key wrap. `kek` is 16, 24 or 32 bytes. Wrapping is deterministic: equal keys under one KEK look equal.
// kBadParameter: a wrong length of kek or input, which its holder can see. kBadCiphertext: anything else, always the
// same answer, so that a caller learns nothing about the padding.

inline constexpr std::size_t kKeyWrapBlockBytes = 8;          // RFC 3394 §2: the semiblock
inline constexpr std::size_t kKeyWrapBytesMin = 16;           // RFC 3394 §2: at least two semiblocks
inline constexpr std::size_t kKeyWrapBytesMax = 1024 * 1024;  // ours; RFC 5649 §3 allows 2^32

// RFC 3394 (KW): `key` is a multiple of 8 bytes, at least 16; the result is 8 bytes longer.
Result<Bytes> wrap_key(const SecretBytes& kek, ByteView key);
Result<SecretBytes> unwrap_key(const SecretBytes& kek, ByteView wrapped);

// RFC 5649 (KWP): `key` has at least one byte; the result is padded to 8 bytes, and 8 bytes longer.
Result<Bytes> wrap_key_padded(const SecretBytes& kek, ByteView key);
Result<SecretBytes> unwrap_key_padded(const SecretBytes& kek, ByteView wrapped);

// PreparedKek is a key-encryption key with AES's schedule ready, of which each operation works on a copy; or the key
// itself, where OpenSSL's FIPS provider must do the whole of it.
struct PreparedKek {
  CipherContextPtr blocks{};
  SecretBytes for_module{};
};

// KeyWrapper is a key-encryption key that wraps often. It gives what wrap_key and wrap_key_padded give, as what replies
// hold. `kek` must have one of the three lengths.
// Thread-safe.
class KeyWrapper {
 public:
  explicit KeyWrapper(const SecretBytes& kek);
  Result<SecretBytes> wrap(ByteView key) const;
  Result<SecretBytes> wrap_padded(ByteView key) const;

 private:
  PreparedKek kek_;
};

// KeyUnwrapper is the same for unwrap_key and unwrap_key_padded.
class KeyUnwrapper {
 public:
  explicit KeyUnwrapper(const SecretBytes& kek);
  Result<SecretBytes> unwrap(ByteView wrapped) const;
  Result<SecretBytes> unwrap_padded(ByteView wrapped) const;

 private:
  PreparedKek kek_;
};

}  // namespace hsm::crypto
