#pragma once
#include <optional>
#include <string>

#include "attestation/blob.h"
#include "core/domain_id.h"
#include "core/key_material.h"

namespace hsm::attestation {

inline constexpr std::size_t kKeyIdBytesMax = 256;  // /keys/{name}/{version}: 167

// KeyFacts is what a partition knows of a key that it has just unwrapped; all but `id` it has seen for itself.
struct KeyFacts {
  std::string id;  // printable ASCII, at most kKeyIdBytesMax
  core::KeyPolicy policy;
  core::PublicKey public_key;  // empty for symmetric keys
  Bytes check_value;           // symmetric keys only
  core::KeyId wrapped_key_id{};
  core::DomainId domain{};
  std::string engine;  // printable ASCII
  bool fips = false;
};

// KeyObjects is the key as PKCS#11 would have it: a private and a public object, or one secret object.
struct KeyObjects {
  Object key;
  std::optional<Object> public_key;
};
// kNotSupported: a type or curve that has no attestation yet.
Result<KeyObjects> key_objects(const KeyFacts& facts);

// curve_of reads kEcParams.
std::optional<core::Curve> curve_of(ByteView ec_params);

// ml_dsa_set_of reads kParameterSet. nullptr: none that is known.
const core::MlDsaSetRow* ml_dsa_set_of(std::uint32_t parameter_set);

}  // namespace hsm::attestation
