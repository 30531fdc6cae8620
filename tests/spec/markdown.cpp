#include "tests/spec/markdown.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace hsm::spec {
namespace {

const std::filesystem::path kReference = std::filesystem::path(HSM_SOURCE_DIR) / ".." / "shared" / "reference";

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

bool is_rule(std::string_view line) {
  return line.find_first_not_of("|-: ") == std::string_view::npos;
}

}  // namespace

bool has_reference() {
  return std::filesystem::exists(kReference);
}

std::string read_reference(const std::string& file) {
  std::ifstream in(kReference / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Row> tables_under(const std::string& markdown, std::string_view heading) {
  std::vector<Row> rows;
  bool below = false;
  for (const std::string& line : split(markdown, "\n")) {
    if (line.starts_with('#')) below = line.starts_with(heading);
    const bool is_row = below && line.starts_with('|');
    if (is_row && is_rule(line)) {
      rows.pop_back();  // the header
    } else if (is_row) {
      rows.push_back(split(std::string_view(line).substr(1, line.find_last_of('|') - 1), "|"));
    }
  }
  return rows;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

std::vector<std::string> code_spans(std::string_view text) {
  std::vector<std::string> spans;
  const auto parts = split(text, "`");
  for (std::size_t i = 1; i < parts.size(); i += 2) spans.push_back(parts[i]);
  return spans;
}

std::string without_parentheses(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    depth += c == '(';
    if (depth == 0) out += c;
    depth -= c == ')';
  }
  return trimmed(out);
}

std::vector<std::string> expand(const std::string& text) {
  const std::size_t open = text.find('{');
  const std::size_t close = text.find('}');
  if (open == std::string::npos || close == std::string::npos) return {text};
  std::vector<std::string> all;
  for (const std::string& choice : split(std::string_view(text).substr(open + 1, close - open - 1), ",")) {
    all.push_back(text.substr(0, open) + choice + text.substr(close + 1));
  }
  return all;
}

}  // namespace hsm::spec
