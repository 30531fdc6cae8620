#pragma once
#include <cstring>
#include <type_traits>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/secret_bytes.h"

namespace hsm::partition {

// SecretWriter writes the encoding of base/wire.h into a secret of a size fixed at birth: a WireWriter's buffer grows,
// and each growth leaves a copy behind. Writing more than `capacity` is a programmer's error.
class SecretWriter {
 public:
  explicit SecretWriter(std::size_t capacity) : out_(capacity) {}
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void put(T value) {
    put_raw({reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
  }
  void put_raw(ByteView bytes) {
    HSM_ASSERT(bytes.size() <= out_.size() - used_);
    if (!bytes.empty()) std::memcpy(out_.writable().data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  void put_bytes(ByteView bytes) {
    put(static_cast<std::uint32_t>(bytes.size()));
    put_raw(bytes);
  }
  SecretBytes take() {
    out_.shrink(used_);
    return std::move(out_);
  }

 private:
  SecretBytes out_;
  std::size_t used_ = 0;
};

}  // namespace hsm::partition
