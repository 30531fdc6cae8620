#pragma once
#include "partition/engine/engine.h"

namespace hsm::partition {

// Taking keys in from outside (reference/keys-api.md §3.5). A key whose members don't belong together is refused, not
// repaired: it would sign what its public key does not verify, or give itself away. Numbers may have leading zeros.
// `spec` is one that core::valid accepts. All errors are kBadParameter and say what is wrong, never a value.

// RSA: n of exactly the spec's bits; e odd, 3 or more, at most 64 bits; p and q prime, of half the size each and not
// close to each other (FIPS 186-5 §A.1.1); d not small; n = p·q; d, dp, dq and qi those of p, q and e.
Result<GeneratedKey> import_rsa(const core::KeySpec& spec, const core::PrivateKey& key);
// EC: the point is on the curve, d in its range and the point's own (SP 800-56A §5.6.2.3).
Result<GeneratedKey> import_ec(const core::KeySpec& spec, const core::PrivateKey& key);  // P-256, P-384, P-521
Result<GeneratedKey> import_secp256k1(const core::KeySpec& spec, const core::PrivateKey& key);
// oct: exactly the spec's bits.
Result<GeneratedKey> import_oct(const core::KeySpec& spec, const core::PrivateKey& key);
// OKP: x and d of the curve's size, without leading zeros, and x that of d (RFC 8037 §2).
Result<GeneratedKey> import_okp(const core::KeySpec& spec, const core::PrivateKey& key);

}  // namespace hsm::partition
