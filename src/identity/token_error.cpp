#include "identity/token_error.h"

#include <algorithm>

#include "base/assert.h"

namespace hsm::identity {

const RefusalRow& row(Refusal refusal) {
  const auto* const found = std::ranges::find(kRefusals, refusal, &RefusalRow::refusal);
  HSM_ASSERT(found != kRefusals.end());
  return *found;
}

}  // namespace hsm::identity
