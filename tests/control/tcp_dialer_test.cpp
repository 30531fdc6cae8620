#include "control/tcp_dialer.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/fd.h"

namespace hsm::control {
namespace {

using std::chrono::seconds;

core::Dialer::Deadline in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

// Listener is a port of this machine; the kernel completes connections to it by itself.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_.get(), 4), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  Fd accept() { return Fd(::accept(socket_.get(), nullptr, nullptr)); }
  std::uint16_t port() const { return port_; }

 private:
  Fd socket_;
  std::uint16_t port_ = 0;
};

TEST(TcpDialer, CarriesBytesBothWays) {
  Listener listener;
  TcpDialer dialer;
  const auto connection = dialer.connect("127.0.0.1", listener.port(), in(seconds(10))).value();
  const Fd peer = listener.accept();
  ASSERT_TRUE(connection->send(bytes_of("ping")));
  char buffer[8];
  ASSERT_EQ(::recv(peer.get(), buffer, sizeof buffer, 0), 4);
  ASSERT_EQ(::send(peer.get(), "pong", 4, 0), 4);
  EXPECT_EQ(text_of(connection->receive(2).value()), "po");
  EXPECT_EQ(text_of(connection->receive(100).value()), "ng");
}

TEST(TcpDialer, NothingReceivedMeansClosed) {
  Listener listener;
  TcpDialer dialer;
  const auto connection = dialer.connect("127.0.0.1", listener.port(), in(seconds(10))).value();
  listener.accept().reset();
  EXPECT_TRUE(connection->receive(100).value().empty());
}

TEST(TcpDialer, NobodyAtThePortIsAnError) {
  std::uint16_t port = 0;
  {
    const Listener closed;
    port = closed.port();
  }
  EXPECT_EQ(TcpDialer().connect("127.0.0.1", port, in(seconds(10))).error().code, Errc::kUnavailable);
}

TEST(TcpDialer, WhatIsNoHostIsAnError) {
  EXPECT_EQ(TcpDialer().connect("256.256.256.256.invalid", 443, in(seconds(10))).error().code, Errc::kUnavailable);
}

TEST(TcpDialer, SilenceEndsAtTheDeadline) {
  Listener listener;
  TcpDialer dialer;
  const auto connection = dialer.connect("127.0.0.1", listener.port(), in(std::chrono::milliseconds(50))).value();
  EXPECT_EQ(connection->receive(1).error().code, Errc::kUnavailable);
  EXPECT_EQ(connection->send(Bytes(1)).error().code, Errc::kUnavailable) << "the deadline is the connection's";
}

}  // namespace
}  // namespace hsm::control
