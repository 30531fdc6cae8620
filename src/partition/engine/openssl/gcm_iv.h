#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "core/algorithm.h"

namespace hsm::partition {

using GcmIv = std::array<std::uint8_t, core::kGcmIvBytes>;

// GcmIvSequence gives the IVs of one loaded AES-GCM key. An IV that repeats under a key gives the plaintexts'
// difference and the authentication key away, and several partitions, restarted and reloaded at any time, use the same
// key without knowing of each other.
//
// It is the construction of SP 800-38D §8.2.2 with a random field of all 96 bits: the first IV comes from the
// generator, each later one is the one before plus one. Loads of a key are thus intervals at random places: with n
// loads of N messages together the chance that two intervals meet is below n·N / 2^96, while random IVs would give N² /
// 2^97. Loads are fewer than messages: a key loaded 2^20 times by all its partitions, for 2^40 messages, is below
// 2^-36, where random IVs would be at 2^-17. Within one load nothing can repeat.
//
// A machine that is put back to a snapshot taken while it ran repeats its memory, this and the generator's state
// included; no construction inside the process can help against that.
// Thread-safe.
class GcmIvSequence {
 public:
  // draws the first IV from OpenSSL's generator
  GcmIvSequence();
  explicit GcmIvSequence(const GcmIv& first);
  GcmIv next();

 private:
  std::uint32_t first_high_;
  std::uint64_t first_low_;
  std::atomic<std::uint64_t> given_ = 0;  // how many; 2^64 are never reached
};

}  // namespace hsm::partition
