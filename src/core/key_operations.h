#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/key_type.h"

namespace hsm::core {

// KeyOperation is a value of key_ops (RFC 7517 §4.3; reference/keys-api.md §3.2).
enum class KeyOperation : std::uint8_t {  // stored as bit numbers
  kEncrypt = 0,
  kDecrypt = 1,
  kSign = 2,
  kVerify = 3,
  kWrapKey = 4,
  kUnwrapKey = 5,
  kImport = 6,
  kExport = 7,
  kDeriveKey = 8,
  kSecureWrapKey = 9,
  kSecureUnwrapKey = 10,
  kCount_
};

struct KeyOperationRow {
  KeyOperation operation;
  std::string_view name;
};
inline constexpr auto kKeyOperations = std::to_array<KeyOperationRow>({
    {KeyOperation::kEncrypt, "encrypt"},
    {KeyOperation::kDecrypt, "decrypt"},
    {KeyOperation::kSign, "sign"},
    {KeyOperation::kVerify, "verify"},
    {KeyOperation::kWrapKey, "wrapKey"},
    {KeyOperation::kUnwrapKey, "unwrapKey"},
    {KeyOperation::kImport, "import"},  // marks a key-exchange key; must stand alone
    {KeyOperation::kExport, "export"},
    {KeyOperation::kDeriveKey, "deriveKey"},          // RFC 7517 §4.3; only of our X25519 keys
    {KeyOperation::kSecureWrapKey, "secureWrapKey"},  // core/secure_wrap.h
    {KeyOperation::kSecureUnwrapKey, "secureUnwrapKey"},
});
static_assert(kKeyOperations.size() == static_cast<std::size_t>(KeyOperation::kCount_));

// KeyOperations is a set of them.
class KeyOperations {
 public:
  constexpr KeyOperations() = default;
  constexpr KeyOperations(std::initializer_list<KeyOperation> list) {
    for (const KeyOperation operation : list) add(operation);
  }
  static constexpr KeyOperations from_bits(std::uint16_t bits) {
    KeyOperations set;
    set.bits_ = bits;
    return set;
  }
  constexpr void add(KeyOperation operation) { bits_ |= bit(operation); }
  constexpr bool has(KeyOperation operation) const { return (bits_ & bit(operation)) != 0; }
  constexpr bool within(KeyOperations other) const { return (bits_ & ~other.bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint16_t bits() const { return bits_; }
  friend constexpr bool operator==(KeyOperations, KeyOperations) = default;

 private:
  static constexpr std::uint16_t bit(KeyOperation operation) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(operation));
  }
  std::uint16_t bits_ = 0;
};

std::optional<KeyOperation> key_operation_named(std::string_view name);  // exact case

// default_operations is what a key gets when a request names none (recorded; for oct with sign and verify since HMAC,
// unconfirmed). possible_operations is all that such a key may be given.
KeyOperations default_operations(const KeySpec& spec);
KeyOperations possible_operations(const KeySpec& spec);
// The same for types whose keys are all alike in this.
inline KeyOperations default_operations(KeyType type) {
  return default_operations(KeySpec{.type = type});
}
inline KeyOperations possible_operations(KeyType type) {
  return possible_operations(KeySpec{.type = type});
}

}  // namespace hsm::core
