#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hsm {

using Bytes = std::vector<std::uint8_t>;  // public bytes; secrets are SecretBytes
using ByteView = std::span<const std::uint8_t>;

// bytes_of and text_of look at the same memory as the other type; nothing is copied.
inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace hsm
