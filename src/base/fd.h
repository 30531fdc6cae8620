#pragma once
#include <unistd.h>

#include <utility>

namespace hsm {

// Fd owns a file descriptor and closes it.
class Fd {
 public:
  Fd() = default;  // none
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  void reset() { Fd().swap(*this); }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  void swap(Fd& other) noexcept { std::swap(fd_, other.fd_); }
  int fd_ = -1;
};

}  // namespace hsm
