#include "core/key_operations.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::core {
namespace {

using enum KeyOperation;

struct OperationsOfType {
  KeyType type;
  KeyOperations defaults;
  KeyOperations possible;
};
constexpr auto kOperationsOfTypes = std::to_array<OperationsOfType>({
    {KeyType::kRsa,
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify},
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify, kImport, kExport}},
    {KeyType::kEc, {kSign, kVerify}, {kSign, kVerify, kExport}},
    {KeyType::kOct,
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify},
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify, kExport}},
});

const OperationsOfType& row_of(KeyType type) {
  const auto found = std::ranges::find(kOperationsOfTypes, type, &OperationsOfType::type);
  HSM_ASSERT(found != kOperationsOfTypes.end());
  return *found;
}

}  // namespace

std::optional<KeyOperation> key_operation_named(std::string_view name) {
  const auto found = std::ranges::find(kKeyOperations, name, &KeyOperationRow::name);
  if (found == kKeyOperations.end()) return std::nullopt;
  return found->operation;
}

KeyOperations default_operations(KeyType type) {
  return row_of(type).defaults;
}
KeyOperations possible_operations(KeyType type) {
  return row_of(type).possible;
}

}  // namespace hsm::core
