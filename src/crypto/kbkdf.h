#pragma once
#include <string_view>

#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace hsm::crypto {

// kbkdf_hmac_sha512 derives n bytes by SP 800-108 in counter mode with HMAC-SHA512: 32-bit counter before the label, a
// zero byte, the context, the length in bits as 32 bits (reference/security-domain.md §5.2). 1 <= n <= 64: more than
// one block is never used there. `key` is not empty.
SecretBytes kbkdf_hmac_sha512(const SecretBytes& key, std::string_view label, ByteView context, std::size_t n);

// security_domain_key is the key of one payload of a security-domain file: label = tag, no context, 512 bits.
inline SecretBytes security_domain_key(const SecretBytes& master, std::string_view tag) {
  return kbkdf_hmac_sha512(master, tag, {}, 64);
}

}  // namespace hsm::crypto
