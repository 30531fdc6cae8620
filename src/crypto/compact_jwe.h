#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// Compact JWE (RFC 7516 §7.1) with A256CBC-HS512 content, in the two forms of security-domain and backup files
// (reference/security-domain.md §5.3, §5.4). Headers are written by hand and not read here: jose/jwe.h reads them.
//
//   jwe    := b64u(header) "." b64u(encrypted key) "." b64u(iv) "." b64u(ciphertext) "." b64u(tag)
//   header := {"alg":alg,"enc":"A256CBC-HS512","kid":kid}     alg: "dir" (no encrypted key) or "RSA-OAEP-256"
//
// `kid` is one of our constants or a checked tag: printable ASCII without " and \ (a programmer's error otherwise).

// make_jwe_dir encrypts under `key` of 64 bytes.
std::string make_jwe_dir(const SecretBytes& key, std::string_view kid, ByteView payload, Random& random);

// make_jwe_rsa encrypts under a fresh key that only the holder of the RSA key can read. kBadParameter: not an RSA key.
Result<std::string> make_jwe_rsa(EVP_PKEY* key, std::string_view kid, ByteView payload, Random& random);

// JweParts are views of a compact text; still base64url.
struct JweParts {
  std::string_view header;
  std::string_view encrypted_key;
  std::string_view iv;
  std::string_view ciphertext;
  std::string_view tag;
};

// split_jwe: kBadParameter unless there are five parts of base64url.
Result<JweParts> split_jwe(std::string_view compact);
Result<JweParts> split_jwe(std::string&&) = delete;  // the views would outlive the text

// open_jwe_dir opens content whose key is known; there must be no encrypted key. The tag covers the header text as it
// was received. kBadCiphertext: anything wrong.
Result<SecretBytes> open_jwe_dir(const JweParts& parts, const SecretBytes& key);

// open_jwe_rsa takes the content key from the encrypted key by RSA-OAEP-256, whatever the header says. kBadCiphertext:
// anything wrong. A content key that can't be read is replaced by a random one, so that the failure is the tag's and
// takes the same time (RFC 7516 §11.5).
Result<SecretBytes> open_jwe_rsa(const JweParts& parts, EVP_PKEY* private_key, Random& random);

}  // namespace hsm::crypto
