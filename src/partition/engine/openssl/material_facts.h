#pragma once
#include "partition/engine/engine.h"

namespace hsm::partition {

// Each gives the facts of material of one type (Engine::facts). kInternal: the material is not of that spec.
Result<MaterialFacts> rsa_facts(const core::KeySpec& spec, const SecretBytes& material);
Result<MaterialFacts> ec_facts(const core::KeySpec& spec, const SecretBytes& material);
Result<MaterialFacts> oct_facts(const core::KeySpec& spec, const SecretBytes& material);

}  // namespace hsm::partition
