#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "http/server.h"
#include "tests/http/client.h"
#include "tests/http/self_signed.h"

namespace hsm::http::testing {

// FunctionApplication serves what a test's functions say.
struct FunctionApplication final : Application {
  using Handler = std::function<void(Loop&, Exchange)>;
  FunctionApplication(Loop& l, Handler h) : loop(l), handler(std::move(h)) {}
  void on_request(Exchange exchange) override { handler(loop, std::move(exchange)); }
  Loop& loop;
  Handler handler;
};

// echo answers "path?query body".
inline void echo(Loop&, Exchange exchange) {
  const Request& request = exchange.request();
  std::string body = std::string(request.path) + "?" + std::string(request.query) + " ";
  body += text_of(request.body);
  exchange.answer({.status = 200, .head = "Content-Type: text/plain\r\n", .body = std::move(body)});
}

// The folder and certificate that all tests of a program share; making a key takes time.
inline const TlsConfig& test_certificate() {
  static const TempFolder folder;
  static const TlsConfig config = write_self_signed(folder.path(), "first");
  return config;
}

struct TestServer {
  // One loop, so that a test knows which one it talks to. Listener 0 speaks TLS, listener 1 does not.
  explicit TestServer(FunctionApplication::Handler handler = echo, Limits limits = {})
      : TestServer([handler](Loop& loop) { return std::make_unique<FunctionApplication>(loop, handler); }, limits) {}
  TestServer(Server::ApplicationFactory factory, Limits limits) {
    ServerConfig config;
    config.listeners = {{.address = "127.0.0.1", .port = 0}, {.address = "127.0.0.1", .port = 0, .tls = false}};
    config.tls = test_certificate();
    limits.connections_max = std::min<std::size_t>(limits.connections_max, 5'000);
    config.limits = limits;
    config.loops = 1;
    auto started = Server::start(std::move(config), std::move(factory));
    EXPECT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }
  Client client(ClientOptions options = {}) const { return Client(server->port(options.tls ? 0 : 1), options); }
  Client plain_client() const { return client({.tls = false}); }
  std::unique_ptr<Server> server;
};

// eventually polls until `done` holds; false after ten seconds.
inline bool eventually(const std::function<bool()>& done) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!done()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: hsm.test\r\n\r\n";
}

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: hsm.test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace hsm::http::testing
