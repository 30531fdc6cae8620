#include "base/text.h"

#include <algorithm>

namespace hsm {

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

}  // namespace hsm
