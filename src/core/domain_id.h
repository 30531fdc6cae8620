#pragma once
#include <array>
#include <cstdint>

namespace hsm::core {

// DomainId names a security domain: 16 random bytes, public, made together with the master secret. It is bound into
// everything sealed under the domain, so that nothing of one domain passes for another's.
using DomainId = std::array<std::uint8_t, 16>;

}  // namespace hsm::core
