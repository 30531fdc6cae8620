#include "core/key_operations.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::core {
namespace {

using enum KeyOperation;

struct OperationsOfKeys {
  KeyType type;
  Curve curve;  // kNone: any; the first row that fits counts
  KeyOperations defaults;
  KeyOperations possible;
};
constexpr auto kOperationsOfKeys = std::to_array<OperationsOfKeys>({
    {KeyType::kRsa,
     Curve::kNone,
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify},
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify, kImport, kExport, kSecureWrapKey, kSecureUnwrapKey}},
    {KeyType::kEc, Curve::kNone, {kSign, kVerify}, {kSign, kVerify, kExport}},
    {KeyType::kOct,
     Curve::kNone,
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify},
     {kWrapKey, kUnwrapKey, kEncrypt, kDecrypt, kSign, kVerify, kExport, kSecureWrapKey, kSecureUnwrapKey}},
    {KeyType::kOkp, Curve::kX25519, {kDeriveKey}, {kDeriveKey, kExport}},
    {KeyType::kOkp, Curve::kNone, {kSign, kVerify}, {kSign, kVerify, kExport}},
    {KeyType::kAkp, Curve::kNone, {kSign, kVerify}, {kSign, kVerify, kExport}},
});

const OperationsOfKeys& row_of(const KeySpec& spec) {
  const auto found = std::ranges::find_if(kOperationsOfKeys, [&spec](const OperationsOfKeys& row) {
    return row.type == spec.type && (row.curve == Curve::kNone || row.curve == spec.curve);
  });
  HSM_ASSERT(found != kOperationsOfKeys.end());
  return *found;
}

}  // namespace

std::optional<KeyOperation> key_operation_named(std::string_view name) {
  const auto found = std::ranges::find(kKeyOperations, name, &KeyOperationRow::name);
  if (found == kKeyOperations.end()) return std::nullopt;
  return found->operation;
}

KeyOperations default_operations(const KeySpec& spec) {
  return row_of(spec).defaults;
}
KeyOperations possible_operations(const KeySpec& spec) {
  return row_of(spec).possible;
}

}  // namespace hsm::core
