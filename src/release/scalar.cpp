#include "release/scalar.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <utility>

#include "base/json_text.h"

namespace hsm::release {
namespace {

std::string text_of_number(const boost::json::value& value) {
  if (value.is_int64()) return fmt::to_string(value.get_int64());
  if (value.is_uint64()) return fmt::to_string(value.get_uint64());
  const double number = value.get_double();
  return number == 0 ? "0" : fmt::format("{}", number);  // 3.0 is 3, and there is no -0
}

template <class Number>
std::optional<Number> read(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Not what from_chars takes besides: infinity, nan.
bool looks_like_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

}  // namespace

std::optional<Scalar> scalar_of(const boost::json::value& value) {
  if (const boost::json::string* text = value.if_string()) {
    Scalar scalar{.text = std::string(std::string_view(*text)), .json = {}};
    append_json_string(scalar.json, scalar.text);
    return scalar;
  }
  std::string text;
  if (const bool* truth = value.if_bool()) text = *truth ? "true" : "false";
  if (value.is_number()) text = text_of_number(value);
  if (text.empty()) return std::nullopt;
  return Scalar{.text = text, .json = text};
}

std::partial_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (!looks_like_number(a) || !looks_like_number(b)) return std::partial_ordering::unordered;
  // Integers exactly; a double keeps 53 bits.
  const auto x = read<std::int64_t>(a), y = read<std::int64_t>(b);
  if (x && y) return *x <=> *y;
  const auto p = read<double>(a), q = read<double>(b);
  if (p && q) return *p <=> *q;
  return std::partial_ordering::unordered;
}

}  // namespace hsm::release
