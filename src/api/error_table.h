#pragma once
#include <array>
#include <string>
#include <string_view>

#include "base/error.h"

namespace hsm::api {

// ErrorRow is the wire form of an error (reference/keys-api.md §5.2, admin-api.md §1.4).
struct ErrorRow {
  Errc error;
  int status;
  std::string_view code;
  std::string_view message;  // where the error brings none
};
inline constexpr auto kErrors = std::to_array<ErrorRow>({
    {Errc::kBadParameter, 400, "BadParameter", "The request is malformed."},
    {Errc::kMalformedBackupBlob, 400, "MalformedBackupBlob", "The backup blob can't be used here."},
    {Errc::kNotSupported, 400, "NotSupported", "The feature is not supported."},
    {Errc::kUnauthorized, 401, "Unauthorized", "Error decoding or parsing JWT components"},
    {Errc::kAccessDenied, 403, "AccessDenied", "Not authorized."},          // status unconfirmed
    {Errc::kForbidden, 403, "Forbidden", "The operation is not allowed."},  // code unconfirmed
    // unconfirmed: status and code (reference/security-domain.md §2)
    {Errc::kNotActivated, 403, "Forbidden", "The HSM is not activated. Download its security domain to activate it."},
    {Errc::kNotFound, 404, "NotFound", "There is nothing at this path."},
    {Errc::kKeyNotFound, 404, "KeyNotFound", "Key not found"},
    {Errc::kRoleDefinitionNotFound, 404, "RoleDefinitionNotFound", "Requested role definition not found"},
    {Errc::kRoleAssignmentNotFound, 404, "RoleAssignmentNotFound", "Requested role assignment not found"},
    {Errc::kMatchingRoleAssignmentExists, 400, "MatchingRoleAssignmentExists", "The role is already assigned."},
    {Errc::kInvalidKeyIdentifier, 400, "Invalidkeyidentifier", "Invalid key identifier"},  // status unconfirmed
    {Errc::kMethodNotAllowed, 405, "MethodNotAllowed", "The method is not allowed at this path."},
    {Errc::kConflict, 409, "Conflict", "The request conflicts with the present state."},
    {Errc::kPayloadTooLarge, 413, "PayloadTooLarge", "The request's body is too large."},
    {Errc::kThrottled, 429, "Throttled", "Too many requests wait; try again later."},  // reference/keys-api.md §5.4
    {Errc::kUnavailable, 503, "ServiceUnavailable", "The service is not available at the moment; try again."},
    {Errc::kInternal, 500, "InternalError", "An internal error happened."},
    // What failed inside of a decryption is never told (unconfirmed code).
    {Errc::kBadCiphertext, 400, "BadParameter",
     "The value could not be decrypted, unwrapped or verified with this key."},
    {Errc::kKeyNotLoaded, 500, "InternalError", "An internal error happened."},
    {Errc::kAuthorityKeysMissing, 500, "InternalError", "An internal error happened."},
});
static_assert(kErrors.size() == static_cast<std::size_t>(Errc::kCount_), "an error without a wire form");

const ErrorRow& row(Errc error);

// error_message is what the client reads, with the activity id at its end as the service has it.
std::string error_message(const Error& error, std::string_view activity_id);
// error_body is {"error":{"code","message"}}.
std::string error_body(const Error& error, std::string_view activity_id);

}  // namespace hsm::api
