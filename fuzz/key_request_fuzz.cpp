// What create, import and update, and cryptographic operations, read of their bodies. What is accepted keeps to the
// rules that the service relies on.
#include <cstdint>

#include "api/keys/crypto_members.h"
#include "api/keys/key_json.h"
#include "base/assert.h"
#include "core/key_operations.h"
#include "release/release_policy.h"

namespace {

// Everything that was decoded lies in the room that is said to be enough.
void read_operation(const hsm::api::JsonObject& object, std::size_t body_bytes, hsm::core::KeyOperation operation) {
  hsm::core::KeyRecord key{.name = *hsm::core::KeyName::parse("k"),
                           .version = *hsm::core::KeyVersion::parse("0101090353a00a20b164c064f8be0c26")};
  key.spec = {.type = hsm::core::KeyType::kOct, .curve = hsm::core::Curve::kNone, .bits = 256};
  key.operations = hsm::core::possible_operations(key.spec);
  hsm::SecretBytes decoded(hsm::api::keys::decoded_bytes_max(body_bytes));
  std::span<std::uint8_t> room = decoded.writable();
  hsm::core::CryptoRequest request;
  std::string_view algorithm;
  const auto read = hsm::api::keys::read_crypto_members(object, key, operation, {}, room, request, algorithm);
  HSM_ASSERT(!read || (request.operation == operation && !algorithm.empty()));
  HSM_ASSERT(request.input.size() + request.signature.size() + request.iv.size() + request.aad.size() +
                 request.tag.size() + room.size() ==
             decoded.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hsm::api::JsonBody body;
  const auto object = body.parse({data, size});
  if (!object) return 0;
  for (const auto operation : {hsm::core::KeyOperation::kEncrypt, hsm::core::KeyOperation::kSign,
                               hsm::core::KeyOperation::kVerify, hsm::core::KeyOperation::kDeriveKey}) {
    read_operation(**object, size, operation);
  }
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
