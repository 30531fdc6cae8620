#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/wire.h"

namespace hsm::partition {

// What the codecs of this folder share.
inline std::unexpected<Error> malformed(const char* what) {
  return fail(Errc::kInternal, std::string("malformed ") + what);
}

template <std::size_t N>
void put_array(WireWriter& out, const std::array<std::uint8_t, N>& bytes) {
  for (const std::uint8_t byte : bytes) out.put(byte);
}

template <std::size_t N>
std::array<std::uint8_t, N> get_array(WireReader& in) {
  std::array<std::uint8_t, N> bytes;
  for (std::uint8_t& byte : bytes) byte = in.get<std::uint8_t>();
  return bytes;
}

}  // namespace hsm::partition
