#include "identity/https_get.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "base/fd.h"

namespace hsm::identity {
namespace {

// OneAnswer listens on a port of this machine and gives one connection the same bytes, whatever it asks.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof(address);
    ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_.get(), 1);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] {
      const Fd client(::accept(listener_.get(), nullptr, nullptr));
      if (!client.valid()) return;
      char request[4096];
      static_cast<void>(::recv(client.get(), request, sizeof(request), 0));
      static_cast<void>(::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    });
  }
  ~OneAnswer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/keys"; }

 private:
  Fd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

HttpsGetConfig plain() {
  HttpsGetConfig config;
  config.allow_plain_http = true;
  config.body_bytes_max = 1000;
  return config;
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(HttpsGet, ReturnsTheBody) {
  const OneAnswer server(ok("{\"keys\":[]}"));
  EXPECT_EQ(make_https_get(plain())->get(server.url()).value(), "{\"keys\":[]}");
}

TEST(HttpsGet, RefusesPlainHttpUnlessAllowed) {
  const OneAnswer server(ok("x"));
  EXPECT_FALSE(make_https_get({})->get(server.url()));
}

TEST(HttpsGet, NeverReadsFiles) {
  EXPECT_FALSE(make_https_get(plain())->get("file:///etc/hostname"));
}

TEST(HttpsGet, RefusesABodyBeyondTheLimit) {
  const OneAnswer server(ok(std::string(1001, 'x')));
  EXPECT_FALSE(make_https_get(plain())->get(server.url()));
}

TEST(HttpsGet, RefusesOtherStatuses) {
  const OneAnswer server("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
  const auto answer = make_https_get(plain())->get(server.url());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::kUnavailable);
}

TEST(HttpsGet, FailsWhereNobodyListens) {
  EXPECT_FALSE(make_https_get(plain())->get("http://127.0.0.1:1/"));
}

}  // namespace
}  // namespace hsm::identity
