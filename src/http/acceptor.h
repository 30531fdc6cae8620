#pragma once
#include <cstddef>

#include "base/fd.h"
#include "http/event_sink.h"

namespace hsm::http {

class EpollLoop;

// Acceptor takes the new clients of one listening socket.
class Acceptor final : public EventSink {
 public:
  Acceptor(EpollLoop& loop, Fd listener, std::size_t index, bool tls);
  void on_ready(std::uint32_t events) override;
  void close() { listener_.reset(); }

 private:
  bool accept_one();
  bool make_room();

  EpollLoop& loop_;
  Fd listener_;
  std::size_t index_;
  bool tls_;
  // Given up for a moment when the process has no descriptor left, so that a client can be taken and refused. Left
  // waiting, it would wake the loop again and again.
  Fd reserve_;
};

}  // namespace hsm::http
