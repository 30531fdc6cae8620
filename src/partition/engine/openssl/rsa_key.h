#pragma once
#include <array>
#include <memory>

#include "crypto/openssl.h"
#include "partition/engine/openssl/engine_key.h"
#include "partition/engine/openssl/lazy.h"

namespace hsm::partition {

// RsaKey signs, verifies, encrypts and decrypts with RSA (RFC 8017).
//
// Fault attacks: a signature or decryption made with the CRT gives the key away if one of its halves was computed
// wrongly. OpenSSL raises each such result to the public exponent before it returns it, and on a mismatch computes it
// again with d alone, whose faults tell no factor (crypto/rsa/rsa_ossl.c, the end of rsa_ossl_mod_exp; it needs e,
// which is always given here). A check of our own would be the same 35 µs once more, so there is none.
// tests/partition/engine/rsa_fault_test.cpp damages each CRT number and would see a release that dropped this.
class RsaKey final : public EngineKey {
 public:
  // load warms the key up: its first signature makes the blinding and the Montgomery values (0.46 ms), and is verified.
  // A key that fails that is kInternal.
  static Result<std::shared_ptr<const RsaKey>> load(const core::KeyPolicy& policy, const SecretBytes& material);
  static Result<std::shared_ptr<const RsaKey>> load_public(const core::KeyPolicy& policy, const core::PublicKey& key);

  RsaKey(const core::KeyPolicy& policy, crypto::PkeyPtr key, bool has_private_half);
  Result<core::CryptoReply> perform(const Job& job) const override;

  // Use is one of OpenSSL's four RSA operations, each with contexts of its own.
  enum class Use : std::uint8_t { kSign, kVerify, kEncrypt, kDecrypt, kCount_ };

 private:
  Status warm_up() const;
  Result<core::CryptoReply> sign(const Job& job) const;
  Result<core::CryptoReply> verify(const Job& job) const;
  Result<core::CryptoReply> encrypt(const Job& job) const;
  Result<core::CryptoReply> decrypt(const Job& job) const;
  // context returns a copy (0.1 µs; a new one costs 6 to 8) of the prepared one.
  Result<crypto::PkeyContextPtr> context(const core::AlgorithmRow& algorithm, Use use) const;

  crypto::PkeyPtr key_;
  std::size_t modulus_bytes_;
  bool has_private_half_;
  using ContextsOfUse = std::array<Lazy<crypto::PkeyContextPtr>, core::kAlgorithms.size()>;
  std::array<ContextsOfUse, 2> contexts_;  // [does it use the private half][algorithm]
};

}  // namespace hsm::partition
