#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/data_action.h"
#include "core/key_operations.h"

namespace hsm::core {

// Operation is one call of the API. Its row is all that the router, the permission check, the audit log and the
// compatibility page know of it: no row, no route; no data action, no compile.
enum class Operation : std::uint8_t {
  kCreateKey,
  kImportKey,
  kGetKey,
  kUpdateKey,
  kListKeys,
  kListKeyVersions,
  kDeleteKey,
  kListDeletedKeys,
  kGetDeletedKey,
  kRecoverDeletedKey,
  kPurgeDeletedKey,
  kRotateKey,
  kGetRotationPolicy,
  kSetRotationPolicy,
  kBackupKey,
  kRestoreKey,
  kEncrypt,
  kDecrypt,
  kWrapKey,
  kUnwrapKey,
  kSign,
  kVerify,
  kGetRandomBytes,
  kListRoleDefinitions,
  kGetRoleDefinition,
  kListRoleAssignments,
  kGetRoleAssignment,
  kCreateRoleAssignment,
  kDeleteRoleAssignment,
  kDownloadSecurityDomain,
  kGetSecurityDomainDownloadStatus,
  kGetSecurityDomainUploadStatus,
  kReleaseKey,
  kGetKeyAttestation,
  kBatch,
  kDeriveKey,
  kSecureWrapKey,
  kSecureUnwrapKey,
  kCount_
};

enum class Verb : std::uint8_t { kGet, kPost, kPut, kPatch, kDelete };

// ScopeRule says at which scope the data action is checked (reference/admin-api.md §2.9).
enum class ScopeRule : std::uint8_t {
  kRoot,
  kKeys,
  kKey,  // of the {name} in the path
  kUrl,  // what stands before /providers/Microsoft.Authorization
};

enum class Lane : std::uint8_t {
  kFast,  // prepare and finish on the loop's thread; never blocks
  kSlow,  // one blocking function on the pool
  kLong,  // the same on a small pool of its own: key generation takes seconds
};

// Before: may the operation be answered before the security domain was downloaded?
enum class Activation : std::uint8_t { kRequired, kNotRequired };

// Authorised says what a caller needs: the row's data action; or, for a request of many cryptographic operations, that
// of each of them: the request is open to whoever may do one kind, and each operation in it is decided for itself.
enum class Authorised : std::uint8_t { kByDataAction, kByPart };

struct OperationRow {
  Operation operation;
  Verb verb;
  // Segments in lower case. {name} and {version} match one segment; {version} may also be absent or empty. A path that
  // begins with {scope} stands behind a scope of any form.
  std::string_view route;
  DataAction data_action;
  ScopeRule scope;
  Lane lane;
  std::string_view audit_name;  // reference/audit-metrics-limits.md §1.4
  Activation activation = Activation::kRequired;
  Authorised authorised = Authorised::kByDataAction;
};

inline constexpr auto kOperations = [] {
  using enum Operation;
  using enum Verb;
  using enum Lane;
  using S = ScopeRule;
  using D = DataAction;
  using A = Activation;
  return std::to_array<OperationRow>({
      // Literal segments stand before {version}, so that they win.
      {kCreateKey, kPost, "keys/{name}/create", D::kKeysCreate, S::kKeys, kLong, "KeyCreate"},
      {kImportKey, kPut, "keys/{name}", D::kKeysImport, S::kKey, kLong, "KeyImport"},
      {kListKeyVersions, kGet, "keys/{name}/versions", D::kKeysRead, S::kKey, kSlow, "KeyListVersions"},
      {kGetRotationPolicy, kGet, "keys/{name}/rotationpolicy", D::kKeysRead, S::kKey, kSlow, "KeyRotationPolicyGet"},
      {kSetRotationPolicy, kPut, "keys/{name}/rotationpolicy", D::kKeysWrite, S::kKey, kSlow, "KeyRotationPolicySet"},
      {kRotateKey, kPost, "keys/{name}/rotate", D::kKeysRotate, S::kKey, kLong, "KeyRotate"},
      {kGetKeyAttestation, kGet, "keys/{name}/{version}/attestation", D::kKeysRead, S::kKey, kSlow,
       "KeyGetAttestation"},
      {kGetKey, kGet, "keys/{name}/{version}", D::kKeysRead, S::kKey, kFast, "KeyGet"},
      {kUpdateKey, kPatch, "keys/{name}/{version}", D::kKeysWrite, S::kKey, kSlow, "KeyUpdate"},
      {kListKeys, kGet, "keys", D::kKeysRead, S::kKeys, kSlow, "KeyList"},
      {kDeleteKey, kDelete, "keys/{name}", D::kKeysDelete, S::kKey, kSlow, "KeyDelete"},
      {kListDeletedKeys, kGet, "deletedkeys", D::kDeletedKeysRead, S::kKeys, kSlow, "KeyListDeleted"},
      {kGetDeletedKey, kGet, "deletedkeys/{name}", D::kDeletedKeysRead, S::kKey, kSlow, "KeyGetDeleted"},
      {kRecoverDeletedKey, kPost, "deletedkeys/{name}/recover", D::kDeletedKeysRecover, S::kKey, kSlow, "KeyRecover"},
      {kPurgeDeletedKey, kDelete, "deletedkeys/{name}", D::kDeletedKeysDelete, S::kKey, kSlow, "KeyPurge"},
      {kBackupKey, kPost, "keys/{name}/backup", D::kKeysBackup, S::kKey, kSlow, "KeyBackup"},
      {kRestoreKey, kPost, "keys/restore", D::kKeysRestore, S::kKeys, kSlow, "KeyRestore"},
      {kEncrypt, kPost, "keys/{name}/{version}/encrypt", D::kKeysEncrypt, S::kKey, kFast, "KeyEncrypt"},
      {kDecrypt, kPost, "keys/{name}/{version}/decrypt", D::kKeysDecrypt, S::kKey, kFast, "KeyDecrypt"},
      {kWrapKey, kPost, "keys/{name}/{version}/wrapkey", D::kKeysWrap, S::kKey, kFast, "KeyWrap"},
      {kUnwrapKey, kPost, "keys/{name}/{version}/unwrapkey", D::kKeysUnwrap, S::kKey, kFast, "KeyUnwrap"},
      {kSign, kPost, "keys/{name}/{version}/sign", D::kKeysSign, S::kKey, kFast, "KeySign"},
      {kVerify, kPost, "keys/{name}/{version}/verify", D::kKeysVerify, S::kKey, kFast, "KeyVerify"},
      {kGetRandomBytes, kPost, "rng", D::kRng, S::kRoot, kFast, "RandomBytesGet"},
      {kListRoleDefinitions, kGet, "{scope}/roledefinitions", D::kRoleDefinitionsRead, S::kUrl, kSlow,
       "RoleDefinitionList"},
      {kGetRoleDefinition, kGet, "{scope}/roledefinitions/{name}", D::kRoleDefinitionsRead, S::kUrl, kSlow,
       "RoleDefinitionGet"},
      {kListRoleAssignments, kGet, "{scope}/roleassignments", D::kRoleAssignmentsRead, S::kUrl, kSlow,
       "RoleAssignmentList"},
      {kGetRoleAssignment, kGet, "{scope}/roleassignments/{name}", D::kRoleAssignmentsRead, S::kUrl, kSlow,
       "RoleAssignmentGet"},
      {kCreateRoleAssignment, kPut, "{scope}/roleassignments/{name}", D::kRoleAssignmentsWrite, S::kUrl, kSlow,
       "RoleAssignmentCreate"},
      {kDeleteRoleAssignment, kDelete, "{scope}/roleassignments/{name}", D::kRoleAssignmentsDelete, S::kUrl, kSlow,
       "RoleAssignmentDelete"},
      {kDownloadSecurityDomain, kPost, "securitydomain/download", D::kSecurityDomainDownload, S::kRoot, kSlow,
       "SecurityDomainDownload", A::kNotRequired},
      {kGetSecurityDomainDownloadStatus, kGet, "securitydomain/download/pending", D::kSecurityDomainDownloadRead,
       S::kRoot, kSlow, "SecurityDomainDownloadStatusGet", A::kNotRequired},
      {kGetSecurityDomainUploadStatus, kGet, "securitydomain/upload/pending", D::kSecurityDomainUploadRead, S::kRoot,
       kSlow, "SecurityDomainUploadStatusGet", A::kNotRequired},
      {kReleaseKey, kPost, "keys/{name}/{version}/release", D::kKeysRelease, S::kKey, kSlow, "KeyRelease"},
      // An extension of ours. The data action is the one that a caller who has none of the kinds is refused for.
      {kBatch, kPost, "strongroom/keys/{name}/{version}/batch", D::kKeysWrap, S::kKey, kFast, "KeyBatch", A::kRequired,
       Authorised::kByPart},
      // Another one: the key agreement of X25519 keys, for which the protocol has a data action and no path.
      {kDeriveKey, kPost, "strongroom/keys/{name}/{version}/derivekey", D::kKeysDerive, S::kKey, kFast, "KeyDerive"},
      {kSecureWrapKey, kPost, "keys/{name}/{version}/securewrapkey", D::kKeysWrap, S::kKey, kSlow, "KeySecureWrap"},
      {kSecureUnwrapKey, kPost, "keys/{name}/{version}/secureunwrapkey", D::kKeysUnwrap, S::kKey, kSlow,
       "KeySecureUnwrap"},
  });
}();
static_assert(kOperations.size() == static_cast<std::size_t>(Operation::kCount_), "an operation without a row");

constexpr const OperationRow& row(Operation operation) {
  for (const OperationRow& candidate : kOperations) {
    if (candidate.operation == operation) return candidate;
  }
  return kOperations.front();  // unreachable: the table is complete
}

// key_operation_of is the member of key_ops that a cryptographic operation needs; none for the others.
constexpr std::optional<KeyOperation> key_operation_of(Operation operation) {
  switch (operation) {
    case Operation::kEncrypt:
      return KeyOperation::kEncrypt;
    case Operation::kDecrypt:
      return KeyOperation::kDecrypt;
    case Operation::kWrapKey:
      return KeyOperation::kWrapKey;
    case Operation::kUnwrapKey:
      return KeyOperation::kUnwrapKey;
    case Operation::kSign:
      return KeyOperation::kSign;
    case Operation::kVerify:
      return KeyOperation::kVerify;
    case Operation::kDeriveKey:
      return KeyOperation::kDeriveKey;
    default:
      return std::nullopt;
  }
}

// row_of is the row of the call that does a cryptographic operation; nullptr for import and export, which none does.
constexpr const OperationRow* row_of(KeyOperation operation) {
  for (const OperationRow& candidate : kOperations) {
    if (key_operation_of(candidate.operation) == operation) return &candidate;
  }
  return nullptr;
}

}  // namespace hsm::core
