#include "api/handlers.h"

#include <array>

namespace hsm::api {
namespace {

using core::Operation;

constexpr Handler slow(Operation operation, Result<Reply> (*function)(Call&)) {
  return {.operation = operation, .fast = false, .slow = function};
}
constexpr Handler fast(Operation operation, Result<Prepared> (*prepare)(Call&),
                       Reply (*finish)(Call&, const core::CryptoResult&) = nullptr) {
  return {.operation = operation, .fast = true, .prepare = prepare, .finish = finish};
}
constexpr Handler crypto(Operation operation) {
  return fast(operation, keys::prepare_crypto_operation, keys::finish_crypto_operation);
}

constexpr auto kHandlers = std::to_array<Handler>({
    slow(Operation::kCreateKey, keys::create),
    slow(Operation::kImportKey, keys::import),
    fast(Operation::kGetKey, keys::get),
    slow(Operation::kUpdateKey, keys::update),
    slow(Operation::kListKeys, keys::list),
    slow(Operation::kListKeyVersions, keys::list_versions),
    slow(Operation::kDeleteKey, keys::remove),
    slow(Operation::kListDeletedKeys, keys::list_deleted),
    slow(Operation::kGetDeletedKey, keys::get_deleted),
    slow(Operation::kRecoverDeletedKey, keys::recover),
    slow(Operation::kPurgeDeletedKey, keys::purge),
    slow(Operation::kRotateKey, keys::rotate),
    slow(Operation::kGetRotationPolicy, keys::get_rotation_policy),
    slow(Operation::kSetRotationPolicy, keys::set_rotation_policy),
    slow(Operation::kBackupKey, keys::backup),
    slow(Operation::kRestoreKey, keys::restore),
    crypto(Operation::kEncrypt),
    crypto(Operation::kDecrypt),
    crypto(Operation::kWrapKey),
    crypto(Operation::kUnwrapKey),
    crypto(Operation::kSign),
    crypto(Operation::kVerify),
    fast(Operation::kGetRandomBytes, prepare_rng, finish_rng),
    slow(Operation::kListRoleDefinitions, rbac::list_definitions),
    slow(Operation::kGetRoleDefinition, rbac::get_definition),
    slow(Operation::kListRoleAssignments, rbac::list_assignments),
    slow(Operation::kGetRoleAssignment, rbac::get_assignment),
    slow(Operation::kCreateRoleAssignment, rbac::create_assignment),
    slow(Operation::kDeleteRoleAssignment, rbac::delete_assignment),
    slow(Operation::kDownloadSecurityDomain, securitydomain::download),
    slow(Operation::kGetSecurityDomainDownloadStatus, securitydomain::status),
    slow(Operation::kGetSecurityDomainUploadStatus, securitydomain::status),
    slow(Operation::kReleaseKey, keys::release),
    slow(Operation::kGetKeyAttestation, keys::get_attestation),
    {.operation = Operation::kBatch, .fast = true, .prepare = keys::prepare_batch, .finish_batch = keys::finish_batch},
    crypto(Operation::kDeriveKey),
    slow(Operation::kSecureWrapKey, keys::secure_wrap),
    slow(Operation::kSecureUnwrapKey, keys::secure_unwrap),
});

// Complete, in the order of the enumerators, and with the functions of each row's lane.
constexpr bool complete() {
  if (kHandlers.size() != static_cast<std::size_t>(Operation::kCount_)) return false;
  for (std::size_t i = 0; i < kHandlers.size(); ++i) {
    const Handler& candidate = kHandlers[i];
    if (static_cast<std::size_t>(candidate.operation) != i) return false;
    // Not asked of the functions themselves: GCC 12's sanitizers can't compare them at compile time.
    if (candidate.fast != (core::row(candidate.operation).lane == core::Lane::kFast)) return false;
  }
  return true;
}
static_assert(complete(), "an operation without a handler, or with one of another lane");

}  // namespace

const Handler& handler(Operation operation) {
  return kHandlers[static_cast<std::size_t>(operation)];
}

}  // namespace hsm::api
