#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace hsm::http {

// Limits, each with its unit. A client beyond one gets an answer where HTTP has one (408, 413, 431) and is closed.
struct Limits {
  std::size_t connections_max = 20'000;      // per server; the oldest idle one is closed for a new one
  std::size_t header_bytes_max = 64 * 1024;  // request line and headers; tokens with many groups are long
  std::size_t header_count_max = 100;
  std::size_t body_bytes_max = 2 * 1024 * 1024;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds request_timeout{20'000};  // from a request's first byte to its last
  std::chrono::milliseconds write_timeout{20'000};    // an answer must leave in this time
  std::chrono::milliseconds idle_timeout{120'000};    // between two requests
  std::chrono::milliseconds buffers_kept{1'000};      // of that, how long a connection keeps its TLS buffers
};

struct ListenerConfig {
  std::string address = "0.0.0.0";  // or "::" (both families), or one address
  std::uint16_t port = 443;         // 0: the kernel picks one, see Server::port
  bool tls = true;                  // plain HTTP only for the managed-identity endpoints (reference/identity.md §5.7)
};

// TLS certificate and key as PEM files; read at start and at Server::reload_certificate.
struct TlsConfig {
  std::string certificate_chain_file;
  std::string private_key_file;
};

struct ServerConfig {
  std::vector<ListenerConfig> listeners;
  TlsConfig tls;
  Limits limits;
  unsigned loops = 0;  // threads; 0 = one a core
};

class Connection;

// Exchange is one request that waits for its answer. It may be kept and answered later, on its loop's thread. Dropping
// it unanswered closes the connection. If the client has gone, answering does nothing.
class Exchange {
 public:
  explicit Exchange(std::shared_ptr<Connection> connection);
  Exchange(Exchange&&) noexcept;
  Exchange& operator=(Exchange&&) noexcept;
  ~Exchange();
  const Request& request() const;
  std::size_t listener() const;  // index into ServerConfig::listeners
  // answer queues the response; it leaves after the application's on_turn_end.
  void answer(Response response);

 private:
  std::shared_ptr<Connection> connection_;
};

// Loop is one of the server's threads: an epoll loop that owns its connections.
class Loop {
 public:
  virtual ~Loop() = default;
  // post runs `work` on the loop's thread, in order, waking it if it sleeps. From any thread.
  virtual void post(std::move_only_function<void()> work) = 0;
  virtual unsigned index() const = 0;
};

// Application is what the server serves: one object a loop, called on that loop's thread only. A turn of the loop is:
// everything that was ready is handled (requests, watched descriptors, posted work), then on_turn_end, then the answers
// are written. So an application can gather a turn's work (messages to partitions, audit records) and hand it over at
// once. None of the calls may block.
class Application {
 public:
  struct Watch {
    int fd = -1;  // polled for reading, level-triggered
    std::function<void()> on_readable;
  };
  virtual ~Application() = default;
  virtual void on_request(Exchange exchange) = 0;
  virtual void on_turn_end() {}
  virtual std::vector<Watch> watches() { return {}; }  // asked once, before the first turn
};

// Server listens, speaks TLS 1.2/1.3 and HTTP/1.1 with keep-alive, and calls an Application per loop. Each loop has its
// own listening sockets (SO_REUSEPORT). `start` returns once every listener accepts; errors: kUnavailable (an address
// or port is taken, a certificate can't be read), with a message that says which and what to do.
class Server {
 public:
  using ApplicationFactory = std::function<std::unique_ptr<Application>(Loop&)>;
  static Result<std::unique_ptr<Server>> start(ServerConfig config, ApplicationFactory factory);
  virtual ~Server() = default;  // stops as stop() does
  // stop accepts no more, answers what is in flight within `grace`, closes the rest and joins the threads.
  virtual void stop(std::chrono::milliseconds grace) = 0;
  virtual std::uint16_t port(std::size_t listener) const = 0;
  virtual Status reload_certificate(const TlsConfig& tls) = 0;
  virtual std::size_t connections() const = 0;
};

}  // namespace hsm::http
