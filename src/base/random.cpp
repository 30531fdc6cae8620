#include "base/random.h"

#include <openssl/rand.h>

#include "base/assert.h"

namespace hsm {

void SystemRandom::fill(std::span<std::uint8_t> out) {
  HSM_ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace hsm
