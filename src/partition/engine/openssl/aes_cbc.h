#pragma once
#include "crypto/openssl.h"
#include "partition/engine/engine.h"

namespace hsm::partition {

// AesCbc encrypts and decrypts in CBC mode (SP 800-38A §6.2), whose IV of 16 bytes the client gives. Two paddings, as
// the service has them (reference/keys-api.md §4.4):
//   A*CBC     zeros up to a whole block; decryption returns them, since nobody can tell them from the client's own
//   A*CBCPAD  PKCS#7 (RFC 5652 §6.3)
// Thread-safe.
class AesCbc {
 public:
  explicit AesCbc(const SecretBytes& key);
  // kBadParameter: a wrong length of the IV, or of the input (A*CBC: at least one byte).
  Result<core::CryptoReply> encrypt(const Job& job) const;
  // kBadParameter: a wrong length of the IV, or an input that is not one or more blocks. kBadCiphertext: bad padding.
  Result<core::CryptoReply> decrypt(const Job& job) const;

 private:
  crypto::CipherContextPtr encrypting_;  // the schedule is ready; copied for each operation
  crypto::CipherContextPtr decrypting_;
};

}  // namespace hsm::partition
