#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "crypto/digest.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// RSAES-OAEP (RFC 8017 §7.1) with one digest for the hash and for MGF1, and an empty label, which is every form of the
// service: RSA-OAEP is SHA-1, RSA-OAEP-256 is SHA-256 (RFC 7518 §4.3).

// kBadParameter: the plaintext is longer than the modulus minus twice the digest minus 2 bytes, or `key` is not RSA.
Result<Bytes> rsa_oaep_encrypt(EVP_PKEY* key, Digest digest, ByteView plaintext);

// kBadCiphertext: anything wrong, always the same answer.
Result<SecretBytes> rsa_oaep_decrypt(EVP_PKEY* key, Digest digest, ByteView ciphertext);

}  // namespace hsm::crypto
