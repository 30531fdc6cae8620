#pragma once
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/algorithm.h"
#include "core/key_material.h"

namespace hsm::partition {

// plain_key is a key as other programs read it: PKCS#8 (RFC 5208) for RSA, EC and OKP; the key's bytes for oct.
// kBadParameter, kInternal: the material is damaged.
Result<SecretBytes> plain_key(const core::KeySpec& spec, const SecretBytes& material);

// wrap_for_environment is how a released key leaves (reference/byok-release-attestation.md §3.5), for an RSA key `to`:
//
//   RSAES-OAEP(to, AES key) | AES-KWP(AES key, plain)      OAEP and MGF1 with `digest`; the AES key has 32 bytes
//
// kBadParameter: `to` is no such key.
Result<Bytes> wrap_for_environment(const SecretBytes& plain, const core::PublicKey& to, core::Digest digest,
                                   Random& random);

}  // namespace hsm::partition
