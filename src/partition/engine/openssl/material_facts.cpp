#include "partition/engine/openssl/material_facts.h"

#include "crypto/check_value.h"
#include "partition/engine/openssl/ec_material.h"
#include "partition/engine/openssl/okp_key.h"
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

// The material of the last two has no public half: it is worked out again.
Result<MaterialFacts> okp_facts(const core::KeySpec& spec, const SecretBytes& material) {
  HSM_TRY(const crypto::PkeyPtr key, okp_key_pair(spec.curve, material));
  HSM_TRY(Bytes x, okp_public(spec.curve, key.get()));
  MaterialFacts facts;
  facts.public_key.x = std::move(x);
  return facts;
}

Result<MaterialFacts> ml_dsa_facts(const MlDsaProvider& provider, const core::KeySpec& spec,
                                   const SecretBytes& material) {
  HSM_TRY(const MlDsaProvider::Key key, provider.from_seed(core::ml_dsa_set(spec.bits), material));
  MaterialFacts facts;
  HSM_TRY(facts.public_key.pub, key.public_key());
  return facts;
}

}  // namespace hsm::partition
