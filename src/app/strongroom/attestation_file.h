#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "attestation/verify.h"
#include "base/result.h"
#include "core/ports/partitions.h"

namespace hsm::app {

inline constexpr std::size_t kAttestationFileBytesMax = 256 * 1024;  // real ones have 4 to 8 KiB

// AttestationFile is an attestation as clients keep it: the attestation object that `az keyvault key get-attestation`
// writes (its members in the API's spelling or with underscores; base64 or base64url), or the service's whole answer,
// with the key that it was given for.
struct AttestationFile {
  core::KeyAttestation attestation;
  std::optional<core::PublicKey> public_key;  // of a whole answer: `key`, empty for symmetric keys
  std::string kid;                            // likewise
};

// parse_attestation: kBadParameter if `text` is neither. Signatures are not looked at.
Result<AttestationFile> parse_attestation(std::string_view text);
Result<AttestationFile> read_attestation(const std::string& path);

// check_key tells whether a whole answer's key is the attested one. kBadParameter if not.
Status check_key(const AttestationFile& file, const attestation::Verified& verified);

}  // namespace hsm::app
