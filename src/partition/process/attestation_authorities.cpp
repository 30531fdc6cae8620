#include "partition/process/attestation_authorities.h"

#include <fstream>
#include <string>

#include "crypto/jose/jwk.h"
#include "release/pinned_keys.h"

namespace hsm::partition {
namespace {

Result<std::string> read_key_set(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kUnavailable, "the attestation authority's key set " + path + " can't be read");
  std::string text(jose::kJwkSetBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Result<std::unique_ptr<release::AuthorityKeys>> open_authorities(const std::vector<AttestationAuthority>& authorities) {
  auto pinned = std::make_unique<release::PinnedKeys>();
  for (const AttestationAuthority& authority : authorities) {
    if (authority.keys_file.empty()) {
      pinned->add_without_keys(authority.issuer);
      continue;
    }
    HSM_TRY(const std::string key_set, read_key_set(authority.keys_file));
    if (const Status added = pinned->add(authority.issuer, key_set); !added) {
      return fail(Errc::kUnavailable, authority.keys_file + ": " + added.error().message);
    }
  }
  return pinned;
}

}  // namespace hsm::partition
