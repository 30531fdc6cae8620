#include "base/error.h"

#include <array>

#include "base/assert.h"

namespace hsm {

std::string_view name(Errc code) {
  static constexpr auto kNames = std::to_array<std::string_view>({
      "BadParameter",
      "MalformedBackupBlob",
      "NotSupported",
      "Unauthorized",
      "AccessDenied",
      "Forbidden",
      "NotActivated",
      "NotFound",
      "KeyNotFound",
      "RoleDefinitionNotFound",
      "RoleAssignmentNotFound",
      "MatchingRoleAssignmentExists",
      "InvalidKeyIdentifier",
      "MethodNotAllowed",
      "Conflict",
      "PayloadTooLarge",
      "Throttled",
      "Unavailable",
      "Internal",
      "BadCiphertext",
      "KeyNotLoaded",
      "AuthorityKeysMissing",
  });
  static_assert(kNames.size() == static_cast<std::size_t>(Errc::kCount_), "an error without a name");
  HSM_ASSERT(code < Errc::kCount_);
  return kNames[static_cast<std::size_t>(code)];
}

}  // namespace hsm
