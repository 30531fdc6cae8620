#pragma once
#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "http/server.h"

namespace hsm::http {

// open_listener listens on the address with SO_REUSEPORT, so that each loop can have a socket of its own there.
// kUnavailable, with what to do, if it can't.
Result<Fd> open_listener(const ListenerConfig& config);

// check_unused fails if another program listens there already. SO_REUSEPORT alone would let two servers of one user
// share the port silently.
Status check_unused(const ListenerConfig& config);

std::uint16_t bound_port(const Fd& listener);

// numeric_address is the peer of an accepted socket; an IPv4 client of a socket for both families is shown as IPv4.
std::string numeric_address(const sockaddr_storage& address, bool& is_ipv6);

}  // namespace hsm::http
