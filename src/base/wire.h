#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret_bytes.h"

namespace hsm {

// The one binary encoding of the house, used for stored records and for messages to partitions: integers are
// little-endian and of fixed width; a byte string is a u32 length and its bytes. No tags: the reader knows the order.
class WireWriter {
 public:
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  void put(T value) {
    const auto at = out_.size();
    out_.resize(at + sizeof(T));
    std::memcpy(out_.data() + at, &value, sizeof(T));  // every supported machine is little-endian
  }
  void put_bytes(ByteView bytes) {
    put(static_cast<std::uint32_t>(bytes.size()));
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
  void put_text(std::string_view text) { put_bytes(bytes_of(text)); }
  Bytes take() { return std::move(out_); }
  ByteView view() const { return out_; }

 private:
  Bytes out_;
};

// WireReader reads what WireWriter wrote. It never reads past the end: after the first short read every further one
// fails too, and `finish` tells whether all went well and nothing was left over.
class WireReader {
 public:
  explicit WireReader(ByteView in) : in_(in) {}
  template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
  T get() {
    T value{};
    if (!has(sizeof(T))) return value;
    std::memcpy(&value, in_.data(), sizeof(T));
    in_ = in_.subspan(sizeof(T));
    return value;
  }
  // get_view looks into the input; valid as long as that is.
  ByteView get_view() {
    const auto size = get<std::uint32_t>();
    if (!has(size)) return {};
    const ByteView bytes = in_.first(size);
    in_ = in_.subspan(size);
    return bytes;
  }
  Bytes get_bytes() { return copy_of(get_view()); }
  std::string get_text() { return std::string(text_of(get_view())); }
  SecretBytes get_secret() { return SecretBytes::copy(get_view()); }
  bool ok() const { return ok_; }
  std::size_t left() const { return in_.size(); }
  Status finish(const char* what) const {
    if (!ok_ || !in_.empty()) return fail(Errc::kInternal, std::string(what) + " is damaged");
    return {};
  }

 private:
  bool has(std::size_t n) {
    if (in_.size() < n) ok_ = false;
    return ok_;
  }
  ByteView in_;
  bool ok_ = true;
};

}  // namespace hsm
