#pragma once
#include <string_view>

#include "base/assert.h"
#include "base/hex.h"
#include "base/secret_bytes.h"

namespace hsm::test {

inline Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  HSM_ASSERT(bytes);
  return *bytes;
}
inline SecretBytes secret_hex(std::string_view text) {
  return SecretBytes::copy(hex(text));
}

}  // namespace hsm::test
