#pragma once
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm::crypto {

inline constexpr std::size_t kHkdfSha256BytesMax = 255 * 32;  // RFC 5869 §2.3

// hkdf_sha256 derives n bytes from a key that is already uniform (RFC 5869 with no salt). info is
// `label ‖ 00 ‖ context`: the label says what the derived key is for, the context for which thing. Labels are constants
// of the program and hold no zero byte, so that no two (label, context) pairs meet. 1 <= n <= kHkdfSha256BytesMax.
SecretBytes hkdf_sha256(const SecretBytes& key, std::string_view label, ByteView context, std::size_t n);

// hkdf_sha256_salted is RFC 5869 itself, for input that is not a uniform key (a Diffie-Hellman secret).
// kBadParameter: n is out of range, or the input is empty.
Result<SecretBytes> hkdf_sha256_salted(const SecretBytes& input, ByteView salt, ByteView info, std::size_t n);

}  // namespace hsm::crypto
