#pragma once
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/random.h"

namespace hsm::test {

// ScriptedRandom gives the bytes it was made with, in order; asking for more is a failure of the test.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(Bytes script) : script_(std::move(script)) {}
  void fill(std::span<std::uint8_t> out) override {
    HSM_ASSERT(next_ + out.size() <= script_.size());
    for (std::uint8_t& byte : out) byte = script_[next_++];
  }
  bool used_up() const { return next_ == script_.size(); }

 private:
  Bytes script_;
  std::size_t next_ = 0;
};

}  // namespace hsm::test
