#pragma once
#include <memory>
#include <span>

#include "partition/engine/engine.h"
#include "partition/engine/openssl/providers.h"

namespace hsm::partition {

// OpenSslEngine is the engine that is always there: OpenSSL 3, and libsecp256k1 for P-256K (13 times faster,
// design §13). One object serves all threads of a partition.
//
// Construct it before the sandbox is entered: the constructor fetches every algorithm and seeds the generator, so that
// nothing here opens a file later. An algorithm that OpenSSL lacks ends the process there.
//
// `providers` (load_providers) bring ML-DSA; without it AKP keys are kNotSupported. In FIPS mode every key and
// algorithm outside of core/approved.h is kNotSupported, whenever it was made.
class OpenSslEngine final : public Engine {
 public:
  explicit OpenSslEngine(Providers providers = {});

  const core::EngineInfo& info() const override { return providers_.info; }
  void perform(std::span<Job> batch) override;
  Result<GeneratedKey> generate(const core::KeySpec& spec, std::uint32_t public_exponent) override;
  Result<GeneratedKey> import(const core::KeySpec& spec, const core::PrivateKey& key) override;
  Result<TransferredMaterial> import_transfer(const core::KeySpec& exchange_spec, const SecretBytes& exchange,
                                              const core::KeySpec& target, ByteView wrapped, Random& random) override;
  Result<Bytes> export_wrapped(const core::KeySpec& spec, const SecretBytes& material, const core::PublicKey& to,
                               core::Digest digest, Random& random) override;
  Result<std::shared_ptr<const LoadedKey>> load(const core::KeyPolicy& policy, const SecretBytes& material) override;
  Result<MaterialFacts> facts(const core::KeySpec& spec, const SecretBytes& material) override;

  // load_public makes a key that verifies and encrypts only (RSA, EC and AKP); any other use of it is kBadParameter.
  Result<std::shared_ptr<const LoadedKey>> load_public(const core::KeyPolicy& policy, const core::PublicKey& key);

 private:
  Status check_approved(const core::KeySpec& spec) const;
  Status check_approved_exponent(std::uint64_t exponent) const;
  Status check_approved_material(const core::KeySpec& spec, const SecretBytes& material) const;
  // ml_dsa is for AKP keys, which need a provider. kNotSupported: there is none.
  Result<const MlDsaProvider*> ml_dsa(const core::KeySpec& spec) const;
  Status check(const Job& job) const;
  Result<core::CryptoReply> perform(const Job& job) const;

  const Providers providers_;
};

}  // namespace hsm::partition
