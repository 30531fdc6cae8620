// What create, import and update read of their bodies. What is accepted keeps to the rules that the service relies on.
#include <cstdint>

#include "api/keys/key_json.h"
#include "base/assert.h"
#include "core/key_operations.h"
#include "release/release_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hsm::api::JsonBody body;
  const auto object = body.parse({data, size});
  if (!object) return 0;
  const auto operations = hsm::api::keys::key_operations_member(**object);
  if (operations && *operations) {
    HSM_ASSERT(!(*operations)->empty());
    HSM_ASSERT((*operations)->bits() >> hsm::core::kKeyOperations.size() == 0);
  }
  const auto tags = hsm::api::keys::tags_member(**object);
  if (tags && *tags) {
    for (std::size_t i = 0; i < (*tags)->size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) HSM_ASSERT((**tags)[i].first != (**tags)[j].first);
    }
  }
  const auto name = hsm::core::KeyName::parse("k");
  const hsm::core::KeySpec spec{.type = hsm::core::KeyType::kEc, .curve = hsm::core::Curve::kP256};
  const auto key = hsm::api::keys::new_key(*name, spec, operations.value_or(std::nullopt), **object);
  // Both are read of the same members, so they must agree on what is wrong.
  if (key) HSM_ASSERT(tags.has_value() && hsm::api::keys::attributes_member(**object).has_value());
  // What is taken as a policy is canonical, and bound by its own digest.
  if (key && key->release.policy) {
    const auto policy = hsm::release::Policy::parse_canonical(key->release.policy->text);
    HSM_ASSERT(policy && hsm::release::digest_of(policy->canonical()) == key->release.policy->digest);
  }
  return 0;
}
