#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hsm::core {

// DataAction is a permission of local RBAC (reference/admin-api.md §2.9). Six have no /action suffix: that is how the
// service spells them.
enum class DataAction : std::uint8_t {
  kRestoreStart,
  kRestoreStatus,
  kBackupStart,
  kBackupStatus,
  kKeysRestore,
  kKeysBackup,
  kKeysRead,
  kKeysWrite,
  kKeysCreate,
  kKeysDelete,
  kKeysImport,
  kKeysExport,
  kKeysRotate,
  kKeysRelease,
  kKeysEncrypt,
  kKeysDecrypt,
  kKeysWrap,
  kKeysUnwrap,
  kKeysSign,
  kKeysVerify,
  kKeysDerive,
  kDeletedKeysRead,
  kDeletedKeysRecover,
  kDeletedKeysDelete,
  kRng,
  kRoleDefinitionsRead,
  kRoleDefinitionsWrite,
  kRoleDefinitionsDelete,
  kRoleAssignmentsRead,
  kRoleAssignmentsWrite,
  kRoleAssignmentsDelete,
  kSecurityDomainDownload,
  kSecurityDomainDownloadRead,
  kSecurityDomainUpload,
  kSecurityDomainUploadRead,
  kSecurityDomainTransferKeyRead,
  kSettingsRead,
  kSettingsWrite,
  kCount_
};

struct DataActionRow {
  DataAction action;
  std::string_view name;
};
inline constexpr auto kDataActions = std::to_array<DataActionRow>({
    {DataAction::kRestoreStart, "Microsoft.KeyVault/managedHsm/restore/start/action"},
    {DataAction::kRestoreStatus, "Microsoft.KeyVault/managedHsm/restore/status/action"},
    {DataAction::kBackupStart, "Microsoft.KeyVault/managedHsm/backup/start/action"},
    {DataAction::kBackupStatus, "Microsoft.KeyVault/managedHsm/backup/status/action"},
    {DataAction::kKeysRestore, "Microsoft.KeyVault/managedHsm/keys/restore/action"},
    {DataAction::kKeysBackup, "Microsoft.KeyVault/managedHsm/keys/backup/action"},
    {DataAction::kKeysRead, "Microsoft.KeyVault/managedHsm/keys/read/action"},
    {DataAction::kKeysWrite, "Microsoft.KeyVault/managedHsm/keys/write/action"},
    {DataAction::kKeysCreate, "Microsoft.KeyVault/managedHsm/keys/create"},
    {DataAction::kKeysDelete, "Microsoft.KeyVault/managedHsm/keys/delete"},
    {DataAction::kKeysImport, "Microsoft.KeyVault/managedHsm/keys/import/action"},
    {DataAction::kKeysExport, "Microsoft.KeyVault/managedHsm/keys/export/action"},
    {DataAction::kKeysRotate, "Microsoft.KeyVault/managedHsm/keys/rotate/action"},
    {DataAction::kKeysRelease, "Microsoft.KeyVault/managedHsm/keys/release/action"},
    {DataAction::kKeysEncrypt, "Microsoft.KeyVault/managedHsm/keys/encrypt/action"},
    {DataAction::kKeysDecrypt, "Microsoft.KeyVault/managedHsm/keys/decrypt/action"},
    {DataAction::kKeysWrap, "Microsoft.KeyVault/managedHsm/keys/wrap/action"},
    {DataAction::kKeysUnwrap, "Microsoft.KeyVault/managedHsm/keys/unwrap/action"},
    {DataAction::kKeysSign, "Microsoft.KeyVault/managedHsm/keys/sign/action"},
    {DataAction::kKeysVerify, "Microsoft.KeyVault/managedHsm/keys/verify/action"},
    {DataAction::kKeysDerive, "Microsoft.KeyVault/managedHsm/keys/derive/action"},
    {DataAction::kDeletedKeysRead, "Microsoft.KeyVault/managedHsm/keys/deletedKeys/read/action"},
    {DataAction::kDeletedKeysRecover, "Microsoft.KeyVault/managedHsm/keys/deletedKeys/recover/action"},
    {DataAction::kDeletedKeysDelete, "Microsoft.KeyVault/managedHsm/keys/deletedKeys/delete"},
    {DataAction::kRng, "Microsoft.KeyVault/managedHsm/rng/action"},
    {DataAction::kRoleDefinitionsRead, "Microsoft.KeyVault/managedHsm/roleDefinitions/read/action"},
    {DataAction::kRoleDefinitionsWrite, "Microsoft.KeyVault/managedHsm/roleDefinitions/write/action"},
    {DataAction::kRoleDefinitionsDelete, "Microsoft.KeyVault/managedHsm/roleDefinitions/delete/action"},
    {DataAction::kRoleAssignmentsRead, "Microsoft.KeyVault/managedHsm/roleAssignments/read/action"},
    {DataAction::kRoleAssignmentsWrite, "Microsoft.KeyVault/managedHsm/roleAssignments/write/action"},
    {DataAction::kRoleAssignmentsDelete, "Microsoft.KeyVault/managedHsm/roleAssignments/delete/action"},
    {DataAction::kSecurityDomainDownload, "Microsoft.KeyVault/managedHsm/securitydomain/download/action"},
    {DataAction::kSecurityDomainDownloadRead, "Microsoft.KeyVault/managedHsm/securitydomain/download/read"},
    {DataAction::kSecurityDomainUpload, "Microsoft.KeyVault/managedHsm/securitydomain/upload/action"},
    {DataAction::kSecurityDomainUploadRead, "Microsoft.KeyVault/managedHsm/securitydomain/upload/read"},
    {DataAction::kSecurityDomainTransferKeyRead, "Microsoft.KeyVault/managedHsm/securitydomain/transferkey/read"},
    {DataAction::kSettingsRead, "Microsoft.KeyVault/managedHsm/settings/read/action"},
    {DataAction::kSettingsWrite, "Microsoft.KeyVault/managedHsm/settings/write/action"},
});
static_assert(kDataActions.size() == static_cast<std::size_t>(DataAction::kCount_), "a data action without a name");

constexpr std::string_view name(DataAction action) {
  return kDataActions[static_cast<std::size_t>(action)].name;
}
std::optional<DataAction> data_action_named(std::string_view name);  // compared without case

// DataActions is a set of them.
class DataActions {
 public:
  DataActions() = default;
  DataActions(std::initializer_list<DataAction> list) {
    for (const DataAction action : list) add(action);
  }
  void add(DataAction action) { bits_.set(static_cast<std::size_t>(action)); }
  bool has(DataAction action) const { return bits_.test(static_cast<std::size_t>(action)); }
  DataActions& operator|=(const DataActions& other) {
    bits_ |= other.bits_;
    return *this;
  }
  DataActions without(const DataActions& other) const {
    DataActions set;
    set.bits_ = bits_ & ~other.bits_;
    return set;
  }
  friend bool operator==(const DataActions&, const DataActions&) = default;

 private:
  std::bitset<static_cast<std::size_t>(DataAction::kCount_)> bits_;
};

}  // namespace hsm::core
