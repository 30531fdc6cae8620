#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace hsm {

// ASCII only: what protocols mean by "without regard to case".
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}
std::string to_lower(std::string_view text);

// TextHash lets a map with std::string keys be searched with a view: std::unordered_map<std::string, T, TextHash,
// std::equal_to<>>.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

}  // namespace hsm
