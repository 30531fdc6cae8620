#pragma once
#include <memory>
#include <span>

#include "partition/engine/engine.h"

namespace hsm::partition {

// OpenSslEngine is the engine that is always there: OpenSSL 3, and libsecp256k1 for P-256K (13 times faster,
// design §13). One object serves all threads of a partition.
//
// Construct it before the sandbox is entered: the constructor fetches every algorithm and seeds the generator, so that
// nothing here opens a file later. An algorithm that OpenSSL lacks ends the process there.
class OpenSslEngine final : public Engine {
 public:
  OpenSslEngine();

  const core::EngineInfo& info() const override;
  void perform(std::span<Job> batch) override;
  Result<GeneratedKey> generate(const core::KeySpec& spec, std::uint32_t public_exponent) override;
  Result<GeneratedKey> import(const core::KeySpec& spec, const core::PrivateKey& key) override;
  Result<TransferredMaterial> import_transfer(const core::KeySpec& exchange_spec, const SecretBytes& exchange,
                                              const core::KeySpec& target, ByteView wrapped, Random& random) override;
  Result<Bytes> export_wrapped(const core::KeySpec& spec, const SecretBytes& material, const core::PublicKey& to,
                               core::Digest digest, Random& random) override;
  Result<std::shared_ptr<const LoadedKey>> load(const core::KeyPolicy& policy, const SecretBytes& material) override;
  Result<MaterialFacts> facts(const core::KeySpec& spec, const SecretBytes& material) override;

  // load_public makes a key that verifies and encrypts only (RSA and EC); any other use of it is kBadParameter.
  Result<std::shared_ptr<const LoadedKey>> load_public(const core::KeyPolicy& policy, const core::PublicKey& key);
};

}  // namespace hsm::partition
