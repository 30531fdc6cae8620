#pragma once
#include <array>
#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace hsm::crypto {

// is_base64url tells whether a text holds only the URL alphabet: no padding, no + or /, no white space (RFC 7515 §2).
bool is_base64url(std::string_view text);

// split_compact cuts a compact serialization into its N parts (RFC 7515 §7.1: 3, RFC 7516 §7.1: 5). The parts are views
// of `text` and hold only the URL alphabet. kBadParameter otherwise.
template <std::size_t N>
Result<std::array<std::string_view, N>> split_compact(std::string_view text) {
  std::array<std::string_view, N> parts;
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t dot = text.find('.');
    const bool last = i + 1 == N;
    if (last != (dot == std::string_view::npos))
      return fail(Errc::kBadParameter, "a token has a wrong number of parts");
    parts[i] = text.substr(0, dot);
    if (!is_base64url(parts[i])) return fail(Errc::kBadParameter, "a part of a token is not base64url");
    if (!last) text.remove_prefix(dot + 1);
  }
  return parts;
}

}  // namespace hsm::crypto
