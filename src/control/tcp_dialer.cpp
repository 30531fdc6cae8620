#include "control/tcp_dialer.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/fd.h"

namespace hsm::control {
namespace {

using Deadline = core::Dialer::Deadline;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

std::unexpected<Error> failed(const char* what, int error) {
  return fail(Errc::kUnavailable, std::string(what) + ": " + std::strerror(error));
}

// await waits until the socket is ready. kUnavailable: the deadline has passed.
Status await(const Fd& socket, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return fail(Errc::kUnavailable, "no answer in time");
    pollfd ready{.fd = socket.get(), .events = events, .revents = 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return failed("poll", errno);
  }
}

class TcpConnection final : public core::Connection {
 public:
  TcpConnection(Fd socket, Deadline deadline) : socket_(std::move(socket)), deadline_(deadline) {}

  Status send(ByteView bytes) override {
    while (!bytes.empty()) {
      HSM_CHECK(await(socket_, POLLOUT, deadline_));
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) return failed("send", errno);
      if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return {};
  }

  Result<Bytes> receive(std::size_t bytes_max) override {
    Bytes bytes(bytes_max);
    for (;;) {
      HSM_CHECK(await(socket_, POLLIN, deadline_));
      const ssize_t got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (got < 0) return failed("receive", errno);
      bytes.resize(static_cast<std::size_t>(got));
      return bytes;
    }
  }

 private:
  Fd socket_;
  Deadline deadline_;
};

Result<Addresses> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return fail(Errc::kUnavailable, host + ": " + ::gai_strerror(error));
  return Addresses(found);
}

Result<Fd> connect_to(const addrinfo& address, Deadline deadline) {
  Fd socket(::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (socket.get() < 0) return failed("socket", errno);
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return failed("connect", errno);
  HSM_CHECK(await(socket, POLLOUT, deadline));
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    return failed("connect", error);
  }
  return socket;
}

}  // namespace

Result<std::unique_ptr<core::Connection>> TcpDialer::connect(const std::string& host, std::uint16_t port,
                                                             Deadline deadline) {
  HSM_TRY(const Addresses addresses, look_up(host, port));
  const Deadline connect_deadline = std::min(deadline, std::chrono::steady_clock::now() + kConnectLimit);
  Result<Fd> socket = fail(Errc::kUnavailable, host + ": no address");
  for (const addrinfo* at = addresses.get(); at != nullptr && !socket; at = at->ai_next) {
    socket = connect_to(*at, connect_deadline);
  }
  if (!socket) return std::unexpected(std::move(socket).error());
  return std::make_unique<TcpConnection>(*std::move(socket), deadline);
}

}  // namespace hsm::control
