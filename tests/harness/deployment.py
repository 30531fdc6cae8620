"""What one strongroomd is configured with: its names and port, its token service and its instance."""

import json
import os
import resource
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from harness.applications import Application


@dataclass(frozen=True)
class Domain:
    """The names a server answers to. Clients see the port only where it is not 443 (reference/identity.md §1, item 2)."""

    suffix: str
    login: str
    port: int

    def _at(self, host: str) -> str:
        return f"https://{host}" if self.port == 443 else f"https://{host}:{self.port}"

    def url(self, instance: str) -> str:
        return self._at(f"{instance}.{self.suffix}")

    @property
    def resource(self) -> str:
        return self._at(self.suffix)

    @property
    def authority(self) -> str:
        return self._at(self.login)


# The original names, which clients know by heart: nothing at all has to be configured on their side.
AZURE_NAMES = Domain("managedhsm.azure.net", "login.microsoftonline.com", 443)
# Names of one's own on a port of one's own.
OWN_NAMES = Domain("managedhsm.localhost", "login.localhost", 8443)


@dataclass
class ManagedIdentity:
    port: int
    identity_header: str
    application: Application


@dataclass
class Deployment:
    domain: Domain
    instance: str = "contoso"
    tenant: str = field(default_factory=lambda: str(uuid.uuid4()))
    administrator: Application = field(default_factory=lambda: Application("administrator"))
    applications: list[Application] = field(default_factory=list)
    managed_identity: ManagedIdentity | None = None
    release_certificate: dict = field(default_factory=dict)  # [release]
    attestation_authorities: list[dict] = field(default_factory=list)  # rows of [[release.authority]]
    retention_days: int = 90
    purge_protection: bool = False
    fips: bool = False
    fips_provider: str = ""  # empty: where it usually is

    @property
    def url(self) -> str:
        return self.domain.url(self.instance)

    def configuration(self, data_directory: Path) -> str:
        """The configuration file of strongroomd, as docs/configuration.md describes it."""
        lines = [
            f"data_directory = {_toml(str(data_directory))}",
            "[listen]",
            'address = "127.0.0.1"',
            f"port = {self.domain.port}",
            "[domains]",
            f"suffixes = {_toml([self.domain.suffix])}",
            f"logins = {_toml([self.domain.login])}",
            "[token_service]",
            "enabled = true",
            f"tenant = {_toml(self.tenant)}",
        ]
        for application in [self.administrator, *self.applications]:
            lines += [
                "[[token_service.clients]]",
                f"client_id = {_toml(application.client_id)}",
                f"object_id = {_toml(application.object_id)}",
                f"secret = {_toml(application.secret)}",
                f"groups = {_toml(application.groups)}",
                f"certificate_files = {_toml(application.certificate_files)}",
                f"federated = {_toml(application.federated)}",
            ]
        if self.managed_identity:
            lines += [
                "[token_service.managed_identity]",
                "enabled = true",
                f"port = {self.managed_identity.port}",
                f"identity_header = {_toml(self.managed_identity.identity_header)}",
                f"client_id = {_toml(self.managed_identity.application.client_id)}",
                f"object_id = {_toml(self.managed_identity.application.object_id)}",
            ]
        if self.release_certificate:
            lines += ["[release]", *(f"{name} = {_toml(value)}" for name, value in self.release_certificate.items())]
        for authority in self.attestation_authorities:
            lines += ["[[release.authority]]", *(f"{name} = {_toml(value)}" for name, value in authority.items())]
        lines += ["[partitions]", f"fips_provider = {_toml(self.fips_provider)}"]
        if not _memory_can_be_locked():
            lines += ["allow_unlocked_memory = true"]
        lines += [
            "[[instance]]",
            f"name = {_toml(self.instance)}",
            f"initial_admins = {_toml([self.administrator.object_id])}",
            f"retention_days = {self.retention_days}",
            f"purge_protection = {_toml(self.purge_protection)}",
            f"fips = {_toml(self.fips)}",
        ]
        return "\n".join(lines) + "\n"


def _memory_can_be_locked() -> bool:
    """Root may lock memory; a user only where tests/run could raise the limit, which some containers forbid."""
    return os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY


def _toml(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value)  # JSON's strings, numbers and booleans are TOML's
