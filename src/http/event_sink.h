#pragma once
#include <cstdint>

namespace hsm::http {

// EventSink is what an epoll entry points to.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_ready(std::uint32_t events) = 0;  // EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR
};

}  // namespace hsm::http
