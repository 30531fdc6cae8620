#pragma once
#include "core/ports/dialer.h"

namespace hsm::control {

inline constexpr std::chrono::seconds kConnectLimit{5};  // for all addresses of a host together

// TcpDialer connects by TCP, directly: proxies are not supported. How long looking a name up may take is the system's
// setting (resolv.conf), not the deadline's.
class TcpDialer final : public core::Dialer {
 public:
  Result<std::unique_ptr<core::Connection>> connect(const std::string& host, std::uint16_t port,
                                                    Deadline deadline) override;
};

}  // namespace hsm::control
