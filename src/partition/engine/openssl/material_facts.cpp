#include "partition/engine/openssl/material_facts.h"

#include "crypto/check_value.h"
#include "partition/engine/openssl/ec_material.h"
#include "partition/engine/openssl/rsa_material.h"

namespace hsm::partition {

Result<MaterialFacts> rsa_facts(const core::KeySpec& spec, const SecretBytes& material) {
  HSM_TRY(const RsaMaterial numbers, RsaMaterial::read(material, spec.bits));
  return MaterialFacts{.public_key = numbers.public_key(), .check_value = {}};
}

Result<MaterialFacts> ec_facts(const core::KeySpec& spec, const SecretBytes& material) {
  HSM_TRY(const EcMaterial numbers, EcMaterial::read(material, spec.curve));
  return MaterialFacts{.public_key = numbers.public_key(), .check_value = {}};
}

Result<MaterialFacts> oct_facts(const core::KeySpec& spec, const SecretBytes& material) {
  if (material.size() * 8 != spec.bits) return fail(Errc::kInternal, "the key's material is damaged");
  return MaterialFacts{.public_key = {}, .check_value = crypto::aes_check_value(material)};
}

}  // namespace hsm::partition
