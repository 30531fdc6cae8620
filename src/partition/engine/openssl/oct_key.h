#pragma once
#include <array>
#include <memory>

#include "crypto/hmac.h"
#include "crypto/key_wrap.h"
#include "partition/engine/openssl/aes_cbc.h"
#include "partition/engine/openssl/aes_gcm.h"
#include "partition/engine/openssl/engine_key.h"
#include "partition/engine/openssl/lazy.h"

namespace hsm::partition {

// OctKey is a symmetric key of 16, 24 or 32 bytes: AES in three modes, key wrap, HMAC. Its material is the key itself.
class OctKey final : public EngineKey {
 public:
  // kInternal: `material` is not of the policy's size.
  static Result<std::shared_ptr<const OctKey>> load(const core::KeyPolicy& policy, const SecretBytes& material);

  OctKey(const core::KeyPolicy& policy, SecretBytes key) : EngineKey(policy), key_(std::move(key)) {}
  Result<core::CryptoReply> perform(const Job& job) const override;

 private:
  Result<core::CryptoReply> gcm(const Job& job) const;
  Result<core::CryptoReply> cbc(const Job& job) const;
  Result<core::CryptoReply> wrap(const Job& job) const;         // RFC 3394
  Result<core::CryptoReply> wrap_padded(const Job& job) const;  // RFC 5649
  Result<core::CryptoReply> mac(const Job& job) const;          // over the bytes given, of the digest's full length
  const crypto::KeyWrapper& wrapper() const;
  const crypto::KeyUnwrapper& unwrapper() const;

  struct SchemeRow {
    core::Scheme scheme;
    Result<core::CryptoReply> (OctKey::*perform)(const Job&) const;
  };
  static const std::array<SchemeRow, 6> kSchemes;

  SecretBytes key_;
  Lazy<AesGcm> gcm_;
  Lazy<AesCbc> cbc_;
  Lazy<crypto::KeyWrapper> wrapper_;
  Lazy<crypto::KeyUnwrapper> unwrapper_;
  std::array<Lazy<crypto::HmacKey>, 3> macs_;  // HS256, HS384, HS512
};

}  // namespace hsm::partition
