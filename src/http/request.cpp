#include "http/request.h"

#include <algorithm>

#include "base/text.h"

namespace hsm::http {

std::string_view Request::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [name](const auto& h) { return equal_ignoring_case(h.first, name); });
  return found == headers.end() ? std::string_view{} : found->second;
}

}  // namespace hsm::http
