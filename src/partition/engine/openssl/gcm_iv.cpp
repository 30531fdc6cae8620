#include "partition/engine/openssl/gcm_iv.h"

#include <openssl/rand.h>

#include <cstring>

#include "base/assert.h"

namespace hsm::partition {
namespace {

GcmIv random_iv() {
  GcmIv iv{};
  HSM_ASSERT(RAND_bytes(iv.data(), static_cast<int>(iv.size())) == 1);
  return iv;
}

}  // namespace

GcmIvSequence::GcmIvSequence() : GcmIvSequence(random_iv()) {}

GcmIvSequence::GcmIvSequence(const GcmIv& first) : fixed_(0), counter_(0) {
  std::uint64_t counter = 0;
  std::memcpy(&fixed_, first.data(), sizeof fixed_);
  std::memcpy(&counter, first.data() + sizeof fixed_, sizeof counter);
  counter_.store(counter, std::memory_order_relaxed);
}

GcmIv GcmIvSequence::next() {
  const std::uint64_t counter = counter_.fetch_add(1, std::memory_order_relaxed);
  GcmIv iv{};
  std::memcpy(iv.data(), &fixed_, sizeof fixed_);
  std::memcpy(iv.data() + sizeof fixed_, &counter, sizeof counter);
  return iv;
}

}  // namespace hsm::partition
