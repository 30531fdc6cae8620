#pragma once
#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

namespace hsm {

// append_json_string appends `text` as a JSON string, quotes included (RFC 8259 §7). What is not UTF-8 becomes U+FFFD,
// and what a terminal or a line splitter acts on (controls, line separators, writing-direction overrides) is escaped,
// so that nothing a client sends can break a line or a document, or hide in one.
void append_json_string(std::string& out, std::string_view text);

template <class Integer>
  requires(std::is_integral_v<Integer> && sizeof(Integer) > 1)
void append_json_number(std::string& out, Integer number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace hsm
