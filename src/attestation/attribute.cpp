#include "attestation/attribute.h"

#include <algorithm>

namespace hsm::attestation {

const AttributeRow* find_row(AttributeType type) {
  const auto found = std::ranges::find(kAttributes, type, &AttributeRow::type);
  return found == kAttributes.end() ? nullptr : &*found;
}

}  // namespace hsm::attestation
