#pragma once
#include <memory>

#include "crypto/openssl.h"
#include "partition/engine/openssl/engine_key.h"

namespace hsm::partition {

// OkpKey is an octet key pair (RFC 8037): Ed25519 signs and verifies messages (RFC 8032 §5.1), X25519 agrees on a
// shared secret (RFC 7748 §6.1). Its material:
//
//   material = version (u8, 1) | d (32: the seed of RFC 8032 §5.1.5, or the scalar of RFC 7748 §5)
class OkpKey final : public EngineKey {
 public:
  // load: kInternal when `material` isn't of such a key.
  static Result<std::shared_ptr<const OkpKey>> load(const core::KeyPolicy& policy, const SecretBytes& material);
  static Result<std::shared_ptr<const OkpKey>> load_public(const core::KeyPolicy& policy, const core::PublicKey& key);

  OkpKey(const core::KeyPolicy& policy, crypto::PkeyPtr key, bool has_private_half);
  Result<core::CryptoReply> perform(const Job& job) const override;

 private:
  Result<core::CryptoReply> sign(const Job& job) const;
  Result<core::CryptoReply> verify(const Job& job) const;
  Result<core::CryptoReply> agree(const Job& job) const;

  crypto::PkeyPtr key_;
  bool has_private_half_;
};

// okp_key_pair makes OpenSSL's key object. kInternal: `material` isn't of such a key.
Result<crypto::PkeyPtr> okp_key_pair(core::Curve curve, const SecretBytes& material);

// okp_public is a key's public half: x of RFC 8037 §2.
Result<Bytes> okp_public(core::Curve curve, const EVP_PKEY* key);

// okp_material makes the material of d, which is of the curve's size, and finds its public half.
Result<GeneratedKey> okp_material(core::Curve curve, const SecretBytes& d);

}  // namespace hsm::partition
