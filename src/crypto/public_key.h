#pragma once
#include "base/bytes.h"
#include "base/result.h"
#include "core/key_material.h"
#include "core/key_type.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

inline constexpr int kRsaBitsMin = 2048;   // RFC 7518 §3.3
inline constexpr int kRsaBitsMax = 16384;  // ours: verification time grows with the square

// rsa_public_key makes a key of big-endian numbers, leading zeros allowed. kBadParameter: a modulus that is even or of
// another size than kRsaBitsMin…kRsaBitsMax, an exponent that is even, less than 3 or longer than 64 bits, or a modulus
// with the fingerprint of ROCA (CVE-2017-15361: chips whose keys can be factored).
Result<PkeyPtr> rsa_public_key(ByteView modulus, ByteView exponent);

// ec_public_key makes a key of big-endian coordinates, shorter ones padded (byok-release-attestation.md §1.2).
// kBadParameter: too long, or not a point of the curve.
Result<PkeyPtr> ec_public_key(core::Curve curve, ByteView x, ByteView y);

// spec_of tells type and size. kBadParameter: a key that is none of ours (other types and curves).
Result<core::KeySpec> spec_of(const EVP_PKEY* key);

// public_members gives the public half as JWK members; errors as spec_of.
Result<core::PublicKey> public_members(const EVP_PKEY* key);

// checked_public_key is the public half of any key object, made again of its members, so that it has passed the checks
// above. kBadParameter: other types and curves, or a failed check.
Result<PkeyPtr> checked_public_key(const EVP_PKEY* key);

// public_key_from_der reads SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) in DER with nothing behind it, of the types and
// sizes above.
Result<PkeyPtr> public_key_from_der(ByteView der);
Bytes public_key_to_der(const EVP_PKEY* key);

}  // namespace hsm::crypto
