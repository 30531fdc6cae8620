#pragma once
#include "tests/spec/published.h"

namespace hsm::spec {

// from_reference reads the published facts out of the reference folder's tables.
const Published& from_reference();

}  // namespace hsm::spec
