#pragma once
#include <cstdint>
#include <span>

namespace hsm {

// Random is the one source of randomness outside of partitions (ids, nonces), so that tests give it. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// SystemRandom is OpenSSL's generator. A failure of it ends the process: nothing can go on without.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace hsm
