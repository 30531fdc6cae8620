#pragma once
#include <memory>

#include "partition/engine/openssl/engine_key.h"
#include "partition/engine/openssl/ml_dsa_provider.h"

namespace hsm::partition {

// MlDsaKey signs and verifies with ML-DSA (FIPS 204 §5.2 and §5.3), hedged with fresh randomness; HashML-DSA is not
// offered. A message's context stands in the job's `aad`.
//
// Its material is the seed of 32 bytes: both halves are functions of it (FIPS 204 §6.1, §3.6.3 allows to keep it
// instead of them), computing them again takes a fifth of a millisecond once a load, and unlike the expanded key of up
// to 4,896 bytes a seed has no members that could contradict each other. It is also what JSON web keys hold.
class MlDsaKey final : public EngineKey {
 public:
  // kBadParameter: the material is no seed; or no key of the set.
  static Result<std::shared_ptr<const MlDsaKey>> load(const MlDsaProvider& provider, const core::KeyPolicy& policy,
                                                      const SecretBytes& material);
  static Result<std::shared_ptr<const MlDsaKey>> load_public(const MlDsaProvider& provider,
                                                             const core::KeyPolicy& policy, const core::PublicKey& key);

  enum class Half : std::uint8_t { kPublic, kBoth };
  MlDsaKey(const core::KeyPolicy& policy, MlDsaProvider::Key key, Half half);
  Result<core::CryptoReply> perform(const Job& job) const override;

 private:
  MlDsaProvider::Key key_;
  Half half_;
};

Result<GeneratedKey> generate_ml_dsa(const MlDsaProvider& provider, const core::KeySpec& spec);
// import_ml_dsa takes the members of draft-ietf-cose-dilithium §4 (JWK of type AKP): `priv` is the seed; `pub` may be
// absent, and must else be the seed's own. kBadParameter: wrong sizes, or members that do not belong together.
Result<GeneratedKey> import_ml_dsa(const MlDsaProvider& provider, const core::KeySpec& spec,
                                   const core::PrivateKey& key);

}  // namespace hsm::partition
