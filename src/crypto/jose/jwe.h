#pragma once
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/compact_jwe.h"

namespace hsm::jose {

enum class JweAlgorithm { kDirect, kRsaOaep256 };  // "dir", "RSA-OAEP-256"; no other is accepted

// Jwe is a compact JWE taken apart (RFC 7516 §7.1). `parts` are views of the text it was read from.
struct Jwe {
  JweAlgorithm algorithm;
  std::string kid;  // empty if absent
  crypto::JweParts parts;
};

// parse_jwe: kBadParameter unless it is five parts of base64url without padding, the header is a strict JSON object
// with one of the algorithms above and enc A256CBC-HS512, without `crit` and `zip`, and there is an encrypted key
// exactly when the algorithm has one. RSA-OAEP with SHA-1 and RSA1_5 are refused (security-domain.md §5.4).
Result<Jwe> parse_jwe(std::string_view compact);
Result<Jwe> parse_jwe(std::string&&) = delete;  // the views would outlive the text

// open gives the plaintext. kBadCiphertext: anything wrong, another algorithm included.
Result<SecretBytes> open(const Jwe& jwe, const SecretBytes& key);                     // kDirect, 64 bytes
Result<SecretBytes> open(const Jwe& jwe, EVP_PKEY* rsa_private_key, Random& random);  // kRsaOaep256

}  // namespace hsm::jose
