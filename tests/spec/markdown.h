#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hsm::spec {

using Row = std::vector<std::string>;  // trimmed cells

std::string read_reference(const std::string& file);  // "keys-api.md"; empty if it is not there
bool has_reference();

// tables_under returns the rows, without header and rule, of all tables between the heading that begins with `heading`
// (hashes included) and the next heading of any level.
std::vector<Row> tables_under(const std::string& markdown, std::string_view heading);

std::vector<std::string> split(std::string_view text, std::string_view separator);  // trimmed
std::vector<std::string> code_spans(std::string_view text);                         // what stands between backticks
std::string without_parentheses(std::string_view text);
// expand writes out `a{b,c}d`: abd, acd.
std::vector<std::string> expand(const std::string& text);

}  // namespace hsm::spec
