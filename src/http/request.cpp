#include "http/request.h"

#include <algorithm>

namespace hsm::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [name](const auto& h) { return same_name(h.first, name); });
  return found == headers.end() ? std::string_view{} : found->second;
}

}  // namespace hsm::http
