#pragma once
#include "base/clock.h"
#include "base/result.h"
#include "crypto/certificate.h"

namespace hsm::crypto {

// check_issued tells whether `leaf` is a certificate that `root`, a self-signed authority, has issued directly, as
// RFC 5280 §6.1 has it: signatures, names, basic constraints, key usage, and both valid at `now`. Whether the root
// deserves trust is the caller's to know. kBadParameter, with the reason, otherwise.
Status check_issued(const Certificate& leaf, const Certificate& root, TimePoint now);

}  // namespace hsm::crypto
