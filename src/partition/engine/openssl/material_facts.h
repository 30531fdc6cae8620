#pragma once
#include "partition/engine/engine.h"
#include "partition/engine/openssl/ml_dsa_provider.h"

namespace hsm::partition {

// Each gives the facts of material of one type (Engine::facts). kInternal: the material is not of that spec.
Result<MaterialFacts> rsa_facts(const core::KeySpec& spec, const SecretBytes& material);
Result<MaterialFacts> ec_facts(const core::KeySpec& spec, const SecretBytes& material);
Result<MaterialFacts> oct_facts(const core::KeySpec& spec, const SecretBytes& material);
Result<MaterialFacts> okp_facts(const core::KeySpec& spec, const SecretBytes& material);
Result<MaterialFacts> ml_dsa_facts(const MlDsaProvider& provider, const core::KeySpec& spec,
                                   const SecretBytes& material);

}  // namespace hsm::partition
