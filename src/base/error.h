#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace hsm {

// Errc names everything that can go wrong for a caller, a peer, a disk or a token. The wire form of each (status and
// code) is one table, src/api/error_table.cpp; an enumerator without a row there does not compile.
enum class Errc : std::uint8_t {
  kBadParameter,
  kMalformedBackupBlob,
  kNotSupported,
  kUnauthorized,
  kAccessDenied,
  kForbidden,
  kNotActivated,
  kNotFound,
  kKeyNotFound,
  kRoleDefinitionNotFound,
  kRoleAssignmentNotFound,
  kMatchingRoleAssignmentExists,
  kInvalidKeyIdentifier,
  kMethodNotAllowed,
  kConflict,
  kPayloadTooLarge,
  kThrottled,
  kUnavailable,
  kInternal,
  // Inside only: each is turned into one of the above before it reaches a client.
  kBadCiphertext,         // a decryption, an unwrap or a tag check failed; never says why
  kKeyNotLoaded,          // the partition needs the wrapped key again
  kAuthorityKeysMissing,  // the partition needs the keys of the attestation authority that the message names
  kCount_
};

// name returns the enumerator's name without its k, for logs and tests.
std::string_view name(Errc code);

struct Error {
  Errc code;
  std::string message;  // the client may read it
  std::string detail;   // for our log only; no secret in either
};

}  // namespace hsm
