#include "base/secret_bytes.h"

#include <openssl/crypto.h>
#include <string.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace hsm {

SecretBytes::SecretBytes(std::size_t n)
    : data_(n ? std::make_unique<std::uint8_t[]>(n) : nullptr), size_(n), capacity_(n) {}

SecretBytes SecretBytes::copy(std::span<const std::uint8_t> from) {
  SecretBytes secret(from.size());
  std::ranges::copy(from, secret.data_.get());
  return secret;
}

SecretBytes SecretBytes::take(std::span<std::uint8_t> from) {
  SecretBytes secret = copy(from);
  hsm::wipe(from);
  return secret;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::move(other.data_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe();
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() {
  wipe();
}

SecretBytes SecretBytes::clone() const {
  return copy(reveal());
}

void SecretBytes::shrink(std::size_t n) {
  HSM_ASSERT(n <= size_);
  if (n < size_) hsm::wipe({data_.get() + n, size_ - n});
  size_ = n;
}

void SecretBytes::wipe() {
  if (data_) hsm::wipe({data_.get(), capacity_});
}

bool operator==(const SecretBytes& a, const SecretBytes& b) {
  return equal_constant_time(a.reveal(), b.reveal());
}

void wipe(std::span<std::uint8_t> memory) {
  if (!memory.empty()) ::explicit_bzero(memory.data(), memory.size());  // OPENSSL_cleanse takes 8 bytes at a time
}

bool equal_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace hsm
