#include "core/role.h"

#include "base/wire.h"

namespace hsm::core {
namespace {

constexpr std::uint8_t kFormat = 1;

RoleDefinition built_in(std::string_view role_name, std::string_view name, std::vector<DataAction> actions) {
  return {std::string(name), std::string(role_name), "", true, {Permission{std::move(actions), {}}}};
}

}  // namespace

DataActions RoleDefinition::granted() const {
  DataActions all;
  for (const Permission& permission : permissions) {
    DataActions actions;
    DataActions exclusions;
    for (const DataAction action : permission.data_actions) actions.add(action);
    for (const DataAction action : permission.not_data_actions) exclusions.add(action);
    all |= actions.without(exclusions);
  }
  return all;
}

std::span<const RoleDefinition> built_in_roles() {
  using enum DataAction;
  static const std::vector<RoleDefinition> kRoles{
      built_in("Managed HSM Restore User", "6efe6056-5259-49d2-8b3d-d3d73544b20b",
               {kRestoreStart, kRestoreStatus, kKeysRestore}),
      built_in("Managed HSM Backup User", "7b127d3c-77bd-4e3e-bbe0-dbb8971fa7f8",
               {kBackupStart, kBackupStatus, kKeysBackup}),
      built_in("Managed HSM Crypto Service Encryption User", "33413926-3206-4cdd-b39a-83574fe37a17",
               {kKeysRead, kKeysWrap, kKeysUnwrap}),
      built_in("Managed HSM Crypto Service Release User", "21dbd100-6940-42c2-9190-5d6cb909625c", {kKeysRelease}),
      built_in("Managed HSM Crypto Auditor", "2c18b078-7c48-4d3a-af88-5a3a1b3f82b3",
               {kRoleAssignmentsRead, kRoleDefinitionsRead, kKeysRead, kDeletedKeysRead}),
      built_in("Managed HSM Policy Administrator", "4bd23610-cdcf-4971-bdee-bdc562cc28e4",
               {kRoleDefinitionsRead, kRoleDefinitionsWrite, kRoleDefinitionsDelete, kRoleAssignmentsRead,
                kRoleAssignmentsWrite, kRoleAssignmentsDelete}),
      built_in("Managed HSM Crypto User", "21dbd100-6940-42c2-9190-5d6cb909625b",
               {kRoleDefinitionsRead, kRoleAssignmentsRead, kKeysRead, kKeysWrite, kKeysDelete, kKeysCreate,
                kKeysRotate, kKeysImport, kKeysRelease, kKeysBackup, kKeysRestore, kKeysEncrypt, kKeysDecrypt,
                kKeysWrap, kKeysUnwrap, kKeysSign, kKeysVerify, kKeysDerive, kRng}),
      built_in("Managed HSM Crypto Officer", "515eb02d-2335-4d2d-92f2-b1cbdf9c3778",
               {kRoleAssignmentsDelete, kRoleAssignmentsRead, kRoleAssignmentsWrite, kRoleDefinitionsRead,
                kRoleDefinitionsWrite, kRoleDefinitionsDelete, kDeletedKeysRead, kDeletedKeysDelete,
                kDeletedKeysRecover, kKeysExport}),
      built_in("Managed HSM Administrator", kAdministratorRole,
               {kRoleAssignmentsDelete, kRoleAssignmentsRead, kRoleAssignmentsWrite, kRoleDefinitionsRead,
                kRoleDefinitionsWrite, kRoleDefinitionsDelete, kSecurityDomainDownload, kSecurityDomainDownloadRead,
                kSecurityDomainUpload, kSecurityDomainUploadRead, kSecurityDomainTransferKeyRead, kBackupStart,
                kRestoreStart, kBackupStatus, kRestoreStatus, kSettingsRead, kSettingsWrite}),
  };
  return kRoles;
}

Bytes encode(const RoleAssignment& assignment) {
  WireWriter writer;
  writer.put(kFormat);
  writer.put_text(assignment.name);
  writer.put_text(assignment.role);
  writer.put_text(assignment.principal_id);
  writer.put_text(assignment.scope.text());
  return writer.take();
}

Result<RoleAssignment> decode_role_assignment(ByteView bytes) {
  WireReader reader(bytes);
  if (reader.get<std::uint8_t>() != kFormat) return fail(Errc::kInternal, "role assignment of an unknown format");
  RoleAssignment assignment;
  assignment.name = reader.get_text();
  assignment.role = reader.get_text();
  assignment.principal_id = reader.get_text();
  HSM_TRY(assignment.scope, Scope::parse(reader.get_text()));
  HSM_CHECK(reader.finish("role assignment"));
  return assignment;
}

}  // namespace hsm::core
