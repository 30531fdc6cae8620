#pragma once
#include <string>

namespace hsm::core {

// EngineInfo says with what a partition does its cryptography: what /healthstatus tells and attestations state. A
// partition finds it out when it starts; it never changes after that.
struct EngineInfo {
  bool fips = false;             // nothing but approved algorithms, done by a provider made for validation (FIPS 140-3)
  std::string provider;          // the OpenSSL provider's own name, e.g. "OpenSSL FIPS Provider"
  std::string provider_version;  // its own version, e.g. "3.5.7"; in FIPS mode that of the FIPS provider
  friend bool operator==(const EngineInfo&, const EngineInfo&) = default;
};
inline constexpr std::size_t kEngineNameBytesMax = 128;  // of each of the two

}  // namespace hsm::core
