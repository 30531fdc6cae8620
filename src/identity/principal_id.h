#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace hsm::identity {

enum class PrincipalKind : std::uint8_t { kSubject, kGroup };

// derived_principal_id makes a stable GUID for a principal of a provider that has none: version 5 (RFC 9562 §5.5), of
// a namespace that is itself derived from the issuer and the kind, so that no group's name can pass for a user's.
std::string derived_principal_id(std::string_view issuer, PrincipalKind kind, std::string_view value);

}  // namespace hsm::identity
