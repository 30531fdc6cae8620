#include "core/key_rules.h"

#include <algorithm>

#include <fmt/format.h>

namespace hsm::core {
namespace {

std::string_view name_of(KeyOperation operation) {
  return kKeyOperations[static_cast<std::size_t>(operation)].name;
}

// What still works on a key before nbf and after exp: reading what was protected before (keys-api.md §3.4).
constexpr KeyOperations kAlwaysInTime{KeyOperation::kDecrypt, KeyOperation::kUnwrapKey, KeyOperation::kVerify,
                                      KeyOperation::kSecureUnwrapKey};

// UTF-8 characters, counted by their first bytes.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// All but the algorithm.
Status check_usable(const KeyRecord& record, KeyOperation operation, TimePoint now) {
  if (!record.attributes.enabled) {
    return fail(Errc::kForbidden, fmt::format("Operation {} is not allowed on a disabled key.", name_of(operation)));
  }
  if (!record.operations.has(operation)) {
    return fail(Errc::kForbidden, fmt::format("Operation {} is not permitted on this key.", name_of(operation)));
  }
  if (!kAlwaysInTime.has(operation)) {
    const std::int64_t seconds = unix_seconds(now);
    if (record.attributes.not_before && seconds < *record.attributes.not_before) {
      return fail(Errc::kForbidden,
                  fmt::format("Operation {} is not allowed on a key that is not yet valid.", name_of(operation)));
    }
    if (record.attributes.expires && seconds >= *record.attributes.expires) {
      return fail(Errc::kForbidden, fmt::format("Operation {} is not allowed on an expired key.", name_of(operation)));
    }
  }
  return {};
}

std::unexpected<Error> misfit(std::string_view algorithm, KeyOperation operation) {
  return fail(Errc::kBadParameter,
              fmt::format("Key and algorithm do not fit: {} can't be used for {} with this key's type or size.",
                          algorithm, name_of(operation)));
}

}  // namespace

Status check_use(const KeyRecord& record, KeyOperation operation, const AlgorithmRow& algorithm, TimePoint now) {
  HSM_CHECK(check_usable(record, operation, now));
  if (!suits(algorithm, record.spec, operation)) return misfit(algorithm.name, operation);
  return {};
}

Status check_secure_use(const KeyRecord& record, KeyOperation operation, const SecureWrapRow& algorithm,
                        TimePoint now) {
  const KeyOperation plain = plain_operation(operation);
  HSM_CHECK(check_usable(record, record.operations.has(plain) ? plain : operation, now));
  if (!suits(algorithm, record.spec)) return misfit(algorithm.name, operation);
  return {};
}

Status check_exchange(const KeyRecord& record, TimePoint now) {
  if (record.spec.type != KeyType::kRsa || record.operations != KeyOperations{KeyOperation::kImport}) {
    return fail(Errc::kBadParameter,
                "JSON Web Key: the transfer blob's kid names a key that is no key-exchange key (RSA, key_ops import).");
  }
  const KeyAttributes& attributes = record.attributes;
  const std::int64_t seconds = unix_seconds(now);
  if (!attributes.enabled || (attributes.not_before && seconds < *attributes.not_before) ||
      (attributes.expires && seconds >= *attributes.expires)) {
    return fail(Errc::kBadParameter, "JSON Web Key: the key-exchange key is disabled, expired or not yet valid.");
  }
  return {};
}

Status check_tags(const Tags& tags) {
  if (tags.size() > kTagsMax)
    return fail(Errc::kBadParameter, fmt::format("A key can have at most {} tags.", kTagsMax));
  for (const auto& [name, value] : tags) {
    if (characters(name) > kTagCharactersMax || characters(value) > kTagCharactersMax) {
      return fail(Errc::kBadParameter,
                  fmt::format("A tag's name and value can have at most {} characters each.", kTagCharactersMax));
    }
  }
  return {};
}

Status check_operations(KeyOperations operations, const KeySpec& spec) {
  if (!operations.within(possible_operations(spec))) {
    return fail(Errc::kBadParameter,
                fmt::format("key_ops holds an operation that a key of type {} can't have.", wire_name(spec.type)));
  }
  if (operations.has(KeyOperation::kImport) && operations != KeyOperations{KeyOperation::kImport}) {
    return fail(Errc::kBadParameter, "key_ops: import must be the only operation of a key-exchange key.");
  }
  return {};
}

Status check_validity(const KeyAttributes& attributes) {
  if (attributes.not_before && attributes.expires && *attributes.not_before > *attributes.expires) {
    return fail(Errc::kBadParameter, "attributes: nbf is after exp.");
  }
  return {};
}

}  // namespace hsm::core
