#pragma once
#include <memory>

#include "crypto/openssl.h"
#include "partition/engine/openssl/ec_material.h"
#include "partition/engine/openssl/engine_key.h"

namespace hsm::partition {

// ec_key_pair makes OpenSSL's key object; it checks that the point is on the curve, not that d belongs to it.
// kBadParameter: no such point.
Result<crypto::PkeyPtr> ec_key_pair(const EcMaterial& material, core::Curve curve);

// EcKey signs and verifies with ECDSA on P-256, P-384 and P-521. Signatures are r ‖ s of fixed width (RFC 7518 §3.4).
class EcKey final : public EngineKey {
 public:
  static Result<std::shared_ptr<const EcKey>> load(const core::KeyPolicy& policy, const SecretBytes& material);
  static Result<std::shared_ptr<const EcKey>> load_public(const core::KeyPolicy& policy, const core::PublicKey& key);

  EcKey(const core::KeyPolicy& policy, crypto::PkeyPtr key, crypto::PkeyContextPtr signing,
        crypto::PkeyContextPtr verifying);
  Result<core::CryptoReply> perform(const Job& job) const override;

 private:
  Result<core::CryptoReply> sign(const Job& job) const;
  Result<core::CryptoReply> verify(const Job& job) const;

  crypto::PkeyPtr key_;
  crypto::PkeyContextPtr signing_;  // none without a private half; copied for each operation
  crypto::PkeyContextPtr verifying_;
  std::size_t width_;  // of r and of s, bytes
};

}  // namespace hsm::partition
