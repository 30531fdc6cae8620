"""Which recorded operations are compared, and which are not yet, each with the reason. The first row that matches
counts. To cover one more operation, replace its reason by COVERED."""

import re
from dataclasses import dataclass

COVERED = ""

_FULL_BACKUP = "full backup and restore are not served yet"
_RECOVERY = "the upload side of the security domain is not served yet"
_BUILD_OF_2020 = "other statuses and members then; superseded (reference/security-domain.md §3)"
_SETTINGS = "settings are not served yet"

_RBAC = "(/keys(/[^/]+)?)?/providers/Microsoft.Authorization"


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str  # a regular expression for the whole path
    reason: str = COVERED
    file: str = ""  # a regular expression: only in these files

    @property
    def covered(self) -> bool:
        return self.reason == COVERED

    def matches(self, exchange) -> bool:
        return (
            exchange.method == self.method
            and re.fullmatch(self.path, exchange.path) is not None
            and re.search(self.file, exchange.file) is not None
        )


OPERATIONS = [
    Operation("RoleDefinitionList", "GET", _RBAC + "/roleDefinitions"),
    Operation("RoleAssignmentList", "GET", _RBAC + "/roleAssignments"),
    Operation("RoleAssignmentCreate", "PUT", _RBAC + "/roleAssignments/[^/]+"),
    Operation("RoleAssignmentDelete", "DELETE", _RBAC + "/roleAssignments/[^/]+"),
    Operation("RandomBytes", "POST", "/rng"),
    Operation("KeyList", "GET", "/keys"),
    Operation("KeyListVersions", "GET", "/keys/[^/]+/versions"),
    Operation("KeyCreate", "POST", "/keys/[^/]+/create"),
    Operation("KeyImport", "PUT", "/keys/[^/]+"),
    Operation("KeyGet", "GET", "/keys/[^/]+/[^/]*"),
    Operation("KeyUpdate", "PATCH", "/keys/[^/]+/[^/]*"),
    Operation("KeyDelete", "DELETE", "/keys/[^/]+"),
    Operation("KeyListDeleted", "GET", "/deletedkeys"),
    Operation("KeyGetDeleted", "GET", "/deletedkeys/[^/]+"),
    Operation("KeyRecover", "POST", "/deletedkeys/[^/]+/recover"),
    Operation("KeyPurge", "DELETE", "/deletedkeys/[^/]+"),
    Operation("KeyEncrypt", "POST", "/keys/[^/]+(/[^/]*)?/encrypt"),
    Operation("KeyDecrypt", "POST", "/keys/[^/]+(/[^/]*)?/decrypt"),
    Operation("KeyBackup", "POST", "/keys/[^/]+/backup"),
    Operation("KeyRestore", "POST", "/keys/restore", _RECOVERY, file="security_domain"),
    Operation("KeyRestore", "POST", "/keys/restore"),
    Operation("SecurityDomainDownload", "POST", "/securitydomain/download"),
    Operation("SecurityDomainDownloadStatus", "GET", "/securitydomain/download/pending"),
    Operation("SecurityDomainUploadStatus", "GET", "/securitydomain/upload/pending", _BUILD_OF_2020, file="2021-02"),
    Operation("SecurityDomainUploadStatus", "GET", "/securitydomain/upload/pending"),
    Operation("SecurityDomainTransferKey", "GET", "/securitydomain/upload", _RECOVERY),
    Operation("SecurityDomainUpload", "POST", "/securitydomain/upload", _RECOVERY),
    Operation("SettingGet", "GET", "/settings(/.*)?", _SETTINGS),
    Operation("SettingUpdate", "PATCH", "/settings/.*", _SETTINGS),
    Operation("FullBackup", "POST", "/backup", _FULL_BACKUP),
    Operation("FullBackupStatus", "GET", "/backup/[^/]+/pending", _FULL_BACKUP),
    Operation("FullRestore", "PUT", "/restore", _FULL_BACKUP),
    Operation("SelectiveRestore", "PUT", "/keys/[^/]+/restore", _FULL_BACKUP),
    Operation("RestoreStatus", "GET", "/restore/[^/]+/pending", _FULL_BACKUP),
]


def operation_of(exchange) -> Operation:
    for operation in OPERATIONS:
        if operation.matches(exchange):
            # A challenge comes before all routing, so that of an operation not served yet is compared as well.
            if exchange.status == 401:
                return Operation("Challenge", operation.method, operation.path)
            return operation
    raise LookupError(f"no operation row for {exchange}")
