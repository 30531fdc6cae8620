#pragma once
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_type.h"
#include "crypto/openssl.h"

namespace hsm::crypto {

// Key pairs of the server's own (tokens, certificates, transfer keys); customers' keys are the engine's.

// generate_rsa takes a fraction of a second for 2048 bits and seconds for 4096. kBadParameter: bits out of range.
Result<PkeyPtr> generate_rsa(int bits, std::uint32_t public_exponent = core::kRsaExponentDefault);
Result<PkeyPtr> generate_ec(core::Curve curve);

// Private keys in PKCS#8 (RFC 5208), not encrypted: as DER, or as PEM for files that other servers read too.
SecretBytes private_key_to_der(const EVP_PKEY* key);
SecretBytes private_key_to_pem(const EVP_PKEY* key);
// kBadParameter: not a private key, an encrypted one, or (DER) bytes behind it. PKCS#1 and SEC 1 forms are read too.
// That its numbers belong together is not checked: whoever reads a foreign key must do that.
Result<PkeyPtr> private_key_from_der(const SecretBytes& der);
Result<PkeyPtr> private_key_from_pem(const SecretBytes& pem);

}  // namespace hsm::crypto
