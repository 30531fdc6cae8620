#include "partition/engine/openssl/gcm_iv.h"

#include <openssl/rand.h>

#include "base/assert.h"

namespace hsm::partition {
namespace {

GcmIv random_iv() {
  GcmIv iv{};
  HSM_ASSERT(RAND_bytes(iv.data(), static_cast<int>(iv.size())) == 1);
  return iv;
}

// An IV is a number of 96 bits, big-endian (SP 800-38D §6.2): the high 32, then the low 64.
template <class Number>
Number read_big_endian(const std::uint8_t* at) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = static_cast<Number>(number << 8 | at[i]);
  return number;
}

template <class Number>
void write_big_endian(Number number, std::uint8_t* at) {
  for (std::size_t i = sizeof number; i-- > 0; number >>= 8) at[i] = static_cast<std::uint8_t>(number);
}

}  // namespace

GcmIvSequence::GcmIvSequence() : GcmIvSequence(random_iv()) {}

GcmIvSequence::GcmIvSequence(const GcmIv& first)
    : first_high_(read_big_endian<std::uint32_t>(first.data())),
      first_low_(read_big_endian<std::uint64_t>(first.data() + sizeof first_high_)) {}

GcmIv GcmIvSequence::next() {
  const std::uint64_t given = given_.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t low = first_low_ + given;
  const std::uint32_t carry = low < given ? 1 : 0;
  GcmIv iv{};
  write_big_endian(first_high_ + carry, iv.data());
  write_big_endian(low, iv.data() + sizeof first_high_);
  return iv;
}

}  // namespace hsm::partition
