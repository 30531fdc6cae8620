#include "http/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace hsm::http {
namespace {

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Result<Address> parse_address(const ListenerConfig& config) {
  Address address;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET, config.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(config.port);
    address.size = sizeof *v4;
  } else if (::inet_pton(AF_INET6, config.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(config.port);
    address.size = sizeof *v6;
  } else {
    return fail(Errc::kUnavailable, fmt::format("'{}' is not an IP address to listen on; give one such as 0.0.0.0, "
                                                "127.0.0.1 or :: (all, IPv4 too)",
                                                config.address));
  }
  return address;
}

std::string advice(int error, const ListenerConfig& config) {
  switch (error) {
    case EADDRINUSE:
      return "another program uses this port; stop it (`ss -ltnp` names it) or configure another port";
    case EACCES:
    case EPERM:
      return fmt::format(
          "no permission for this port; run with CAP_NET_BIND_SERVICE, lower the sysctl "
          "net.ipv4.ip_unprivileged_port_start to {}, or configure a port from 1024 up",
          config.port);
    case EADDRNOTAVAIL:
      return "this machine has no such address; `ip address` lists those it has";
    case EAFNOSUPPORT:
      return "this machine has no IPv6; configure an IPv4 address such as 0.0.0.0";
    case EMFILE:
    case ENFILE:
      return "too many open files; raise the limit (ulimit -n, LimitNOFILE=)";
    default:
      return std::strerror(error);
  }
}

std::unexpected<Error> cant_listen(const ListenerConfig& config, int error) {
  const bool v6 = config.address.contains(':');
  return fail(Errc::kUnavailable, fmt::format("can't listen on {}{}{}:{}: {}", v6 ? "[" : "", config.address,
                                              v6 ? "]" : "", config.port, advice(error, config)));
}

bool set(const Fd& fd, int level, int option, int value = 1) {
  return ::setsockopt(fd.get(), level, option, &value, sizeof value) == 0;
}

Result<Fd> bound_socket(const ListenerConfig& config, bool share) {
  HSM_TRY(const Address address, parse_address(config));
  Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool v6 = address.storage.ss_family == AF_INET6;
  const bool ready = fd.valid() && set(fd, SOL_SOCKET, SO_REUSEADDR) &&
                     (!v6 || set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0)) && (!share || set(fd, SOL_SOCKET, SO_REUSEPORT)) &&
                     set(fd, IPPROTO_TCP, TCP_NODELAY) &&  // accepted sockets inherit it
                     ::bind(fd.get(), address.get(), address.size) == 0;
  if (!ready) return cant_listen(config, errno);
  return fd;
}

}  // namespace

Result<Fd> open_listener(const ListenerConfig& config) {
  HSM_TRY(Fd fd, bound_socket(config, true));
  if (::listen(fd.get(), kBacklog) != 0) return cant_listen(config, errno);
  return fd;
}

Status check_unused(const ListenerConfig& config) {
  if (config.port == 0) return {};
  HSM_TRY([[maybe_unused]] const Fd probe, bound_socket(config, false));
  return {};
}

std::uint16_t bound_port(const Fd& listener) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) return 0;
  // sin_port and sin6_port are the same two bytes.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

std::string numeric_address(const sockaddr_storage& address, bool& is_ipv6) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address);
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  const bool mapped = address.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
  is_ipv6 = address.ss_family == AF_INET6 && !mapped;
  if (is_ipv6) {
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
  } else {
    const void* const bytes = mapped ? static_cast<const void*>(&v6->sin6_addr.s6_addr[12]) : &v4->sin_addr;
    ::inet_ntop(AF_INET, bytes, text.data(), text.size());
  }
  return text.data();
}

}  // namespace hsm::http
