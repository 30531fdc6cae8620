#pragma once
#include <memory>
#include <mutex>

namespace hsm::partition {

// Lazy holds a T that is made by the first thread that asks for it, and never changes after that. A key prepares a
// context for each algorithm it is used with, and none for those it isn't.
template <class T>
class Lazy {
 public:
  // get calls `make`, which returns a T, the first time only.
  template <class Make>
  const T& get(const Make& make) const {
    std::call_once(once_, [this, &make] { value_.reset(new T(make())); });
    return *value_;
  }

 private:
  mutable std::once_flag once_;
  mutable std::unique_ptr<const T> value_;
};

}  // namespace hsm::partition
