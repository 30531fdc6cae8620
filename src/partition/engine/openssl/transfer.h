#pragma once
#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret_bytes.h"
#include "core/key_type.h"
#include "core/ports/partitions.h"

namespace hsm::partition {

// A transfer brings a key from another HSM, wrapped by CKM_RSA_AES_KEY_WRAP (PKCS#11 v3.0 §2.1.21;
// reference/byok-release-attestation.md §2.3):
//
//   wrapped = RSAES-OAEP(exchange key, AES key) | AES-KWP(AES key, plaintext)
//   OAEP with SHA-1 throughout and no label; the AES key has 16, 24 or 32 bytes; KWP is RFC 5649
//   plaintext = PKCS#8 (RFC 5208) for RSA and EC; the key's bytes for oct

// unwrap_transfer gives the plaintext. kBadCiphertext: anything wrong, told in the same time: an AES key that can't be
// read is replaced by a random one, so that it is always the KWP that fails (RFC 8017 §7.1.2, note).
Result<SecretBytes> unwrap_transfer(const core::KeySpec& exchange_spec, const SecretBytes& exchange, ByteView wrapped,
                                    Random& random);

struct TransferContents {
  core::KeySpec spec;
  core::PrivateKey key;
};

// read_transfer takes a plaintext apart; what belongs together its caller checks (import.h). kBadParameter: not a key
// of the type of `target`, nor of its curve. EC keys may come without their public half, and fewer than 8 zeros may
// stand behind PKCS#8, as some HSMs fill it up.
Result<TransferContents> read_transfer(const core::KeySpec& target, const SecretBytes& plain);

}  // namespace hsm::partition
