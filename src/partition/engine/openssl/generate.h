#pragma once
#include "partition/engine/engine.h"

namespace hsm::partition {

// Making keys; the material's form is that of rsa_material.h, ec_material.h, oct_key.h and okp_key.h. `spec` is one
// that core::valid accepts.

// generate_rsa takes from 0.3 s to some seconds (reference/measurements.md §1). kBadParameter: the public exponent is
// even or less than 3. Those below 65537 are no longer approved (FIPS 186-5 §5.1), but the service honours 3 and 17
// (reference/keys-api.md §3.1), and with our paddings they are safe.
Result<GeneratedKey> generate_rsa(const core::KeySpec& spec, std::uint32_t public_exponent);
// The rest have no exponent.
Result<GeneratedKey> generate_ec(const core::KeySpec& spec, std::uint32_t);  // P-256, P-384, P-521
Result<GeneratedKey> generate_secp256k1(const core::KeySpec& spec, std::uint32_t);
Result<GeneratedKey> generate_oct(const core::KeySpec& spec, std::uint32_t);
Result<GeneratedKey> generate_okp(const core::KeySpec& spec, std::uint32_t);

}  // namespace hsm::partition
