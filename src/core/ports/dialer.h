#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace hsm::core {

// Connection is a stream of bytes to another host and back. Nothing is known about who is at its other end. Each call
// blocks until it is done or the deadline of the connection has passed (kUnavailable).
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Status send(ByteView bytes) = 0;
  // receive returns what has come, `bytes_max` at most; nothing when the other end has closed.
  virtual Result<Bytes> receive(std::size_t bytes_max) = 0;
};

// Dialer opens connections. Thread-safe.
class Dialer {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  virtual ~Dialer() = default;
  // connect blocks. `host` is a name or an IP address. kUnavailable: nobody answers there.
  virtual Result<std::unique_ptr<Connection>> connect(const std::string& host, std::uint16_t port,
                                                      Deadline deadline) = 0;
};

}  // namespace hsm::core
