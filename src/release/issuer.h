#pragma once
#include <string_view>

namespace hsm::release {

// same_issuer compares the URLs of attestation authorities as policies, tokens and configurations write them: with and
// without slashes at the end, scheme and host in any case (reference/byok-release-attestation.md §3.2, derived).
bool same_issuer(std::string_view a, std::string_view b);

}  // namespace hsm::release
