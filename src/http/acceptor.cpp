#include "http/acceptor.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/log.h"
#include "http/epoll_loop.h"
#include "http/listener.h"

namespace hsm::http {
namespace {

constexpr int kAcceptsPerTurn = 16;  // those who are connected come first

Fd open_reserve() {
  return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Acceptor::Acceptor(EpollLoop& loop, Fd listener, std::size_t index, bool tls)
    : loop_(loop), listener_(std::move(listener)), index_(index), tls_(tls), reserve_(open_reserve()) {
  loop_.watch(listener_.get(), EPOLLIN, *this);
}

void Acceptor::on_ready(std::uint32_t) {
  for (int i = 0; listener_.valid() && i < kAcceptsPerTurn; ++i)
    if (!accept_one()) return;
}

// accept_one is false when nobody waits any more.
bool Acceptor::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  Fd client(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client.valid()) {
    if (errno == EMFILE || errno == ENFILE) return make_room();
    return errno == EINTR || errno == ECONNABORTED;
  }
  Connection::Peer peer;
  peer.address = numeric_address(address, peer.is_ipv6);
  peer.listener = index_;
  loop_.admit(std::move(client), std::move(peer), tls_);
  return true;
}

bool Acceptor::make_room() {
  if (loop_.close_longest_idle()) return true;
  log::warn("no file descriptor left for a new client; raise the limit (ulimit -n, LimitNOFILE=)");
  reserve_.reset();
  Fd refused(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  refused.reset();
  reserve_ = open_reserve();
  return false;
}

}  // namespace hsm::http
