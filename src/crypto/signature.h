#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "core/algorithm.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// Signatures in their JOSE form (RFC 7518 §3): RSA as a number of the modulus' length, ECDSA as r ‖ s of the curve's
// width. `message` is the whole message; it is hashed here. PSS has MGF1 of the same digest and a salt of its length.

// verify tells whether `signature` is right. False too when the algorithm is no RS*, PS* or ES*, does not suit the key
// (type, curve), or the RSA key has less than 2048 bits.
bool verify(core::Algorithm algorithm, EVP_PKEY* key, ByteView message, ByteView signature);

// sign: kBadParameter when the algorithm does not suit the key.
Result<Bytes> sign(core::Algorithm algorithm, EVP_PKEY* private_key, ByteView message);

// ECDSA signatures between OpenSSL's DER and the fixed form of 2 * coordinate_bytes. kBadParameter: a wrong length,
// bytes behind the DER, or a number that is too long.
Result<Bytes> ecdsa_der_to_fixed(ByteView der, std::size_t coordinate_bytes);
Result<Bytes> ecdsa_fixed_to_der(ByteView fixed, std::size_t coordinate_bytes);

}  // namespace hsm::crypto
