#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace hsm {

// SecretBytes is key material, or anything that opens it. It moves, never copies by accident, wipes itself and cannot
// be printed. Its size is fixed at birth, so no growth leaves a stale copy behind.
class SecretBytes {
 public:
  SecretBytes() = default;                                // empty
  explicit SecretBytes(std::size_t n);                    // n zero bytes
  static SecretBytes take(std::span<std::uint8_t> from);  // copies, then wipes the source
  static SecretBytes copy(std::span<const std::uint8_t> from);

  SecretBytes(SecretBytes&& other) noexcept;  // the source is left empty
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();  // wipes

  SecretBytes clone() const;  // the one way to copy: easy to search for
  // reveal is the one way to read; `writable` the one way to fill. tools/layers.py lists the folders that may.
  std::span<const std::uint8_t> reveal() const { return {data_.get(), size_}; }
  std::span<std::uint8_t> writable() { return {data_.get(), size_}; }
  // shrink keeps the first n bytes and wipes the rest; n must not exceed size().
  void shrink(std::size_t n);

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  friend bool operator==(const SecretBytes& a, const SecretBytes& b);  // constant time for equal sizes

 private:
  void wipe();
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// wipe overwrites memory in a way the compiler may not leave out.
void wipe(std::span<std::uint8_t> memory);

// equal_constant_time compares tags, tokens and the like; the time depends on the sizes alone.
bool equal_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace hsm
