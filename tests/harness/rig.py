"""A rig: an activated instance, its server, and the applications that scenarios act as."""

import dataclasses
import secrets
from functools import cached_property
from pathlib import Path

from harness import roles, security_domain
from harness.applications import Application, self_signed, write_certificate, write_pem
from harness.attestation_authority import AttestationAuthority
from harness.deployment import Deployment, Domain, ManagedIdentity
from harness.issuer import Issuer
from harness.rest import Rest, token
from harness.server import Strongroomd

WORKLOAD_SUBJECT = "system:serviceaccount:payments:signer"
WORKLOAD_AUDIENCE = "api://AzureADTokenExchange"
CRYPTO_GROUP = "7d1f3c1e-54f5-4c0f-9d0e-2f5d9f6f0a11"


class Rig:
    """Builds itself on first use of `server`; `close` stops it. All rigs have the same cast:

    administrator  the initial administrator: may give roles and activate, holds no key permission
    user           Crypto User and Crypto Officer at /: the one that most scenarios act as
    outsider       known to the token service, without any role
    certificate    logs in by certificate; Crypto User
    workload       logs in by a token of a foreign issuer; Crypto User
    managed        what the managed-identity endpoints log in as; Crypto User
    member         without a role of its own, in a group that is Crypto User
    """

    def __init__(self, domain: Domain, directory: Path, managed_identity_port: int):
        self.directory = directory
        directory.mkdir(parents=True)
        self.issuer = Issuer(directory)
        self.attestation = AttestationAuthority(directory / "attestation")
        self.certificate_file = directory / "application.pem"
        key, certificate = self_signed("certificate application")
        write_pem(self.certificate_file, key, certificate)

        self.user = Application("user")
        self.outsider = Application("outsider")
        public = write_certificate(directory / "application.crt", certificate)
        self.certificate = Application("certificate", certificate_files=[str(public)])
        self.workload = Application(
            "workload",
            federated=[
                {
                    "issuer": self.issuer.url,
                    "subject": WORKLOAD_SUBJECT,
                    "audience": WORKLOAD_AUDIENCE,
                    "ca_file": self.issuer.ca_file,
                }
            ],
        )
        self.managed = Application("managed")
        self.member = Application("member", groups=[CRYPTO_GROUP])
        self.deployment = Deployment(
            domain,
            applications=[self.user, self.outsider, self.certificate, self.workload, self.managed, self.member],
            attestation_authorities=[self.attestation.pinned_in(directory / "attestation-keys.json")],
            managed_identity=ManagedIdentity(managed_identity_port, secrets.token_hex(16), self.managed),
        )
        self.holders = [security_domain.Holder.new(f"holder {n}") for n in range(3)]
        self._sessions: dict[str, Rest] = {}

    @property
    def url(self) -> str:
        return self.deployment.url

    @property
    def administrator(self) -> Application:
        return self.deployment.administrator

    @cached_property
    def server(self) -> Strongroomd:
        """The running server with its instance activated and the roles given."""
        server = Strongroomd(self.deployment, self.directory).start()
        try:
            administrator = Rest(self.url, server.ca, token(self.deployment, server.ca, self.administrator))
            self.domain_file = security_domain.activate(administrator, self.holders)
            for application in (self.user, self.certificate, self.workload, self.managed):
                roles.grant(administrator, application.object_id, roles.CRYPTO_USER)
            roles.grant(administrator, self.user.object_id, roles.CRYPTO_OFFICER)
            roles.grant(administrator, CRYPTO_GROUP, roles.CRYPTO_USER)
        except BaseException:
            server.kill()
            raise
        return server

    def rest(self, application: Application) -> Rest:
        """A raw session of `application`, its token fetched once."""
        if application.name not in self._sessions:
            bearer = token(self.deployment, self.server.ca, application)
            self._sessions[application.name] = Rest(self.url, self.server.ca, bearer)
        return self._sessions[application.name]

    def anonymous(self) -> Rest:
        return Rest(self.url, self.server.ca, None)

    def trust(self) -> dict[str, str]:
        """The variables by which each runtime learns of our CA (reference/clients.md §1)."""
        ca = self.server.ca
        return {"REQUESTS_CA_BUNDLE": ca, "NODE_EXTRA_CA_CERTS": ca, "SSL_CERT_FILE": ca}

    def environment(self, application: Application) -> dict[str, str]:
        """The variables that `strongroom dev init` tells an operator to set: all that an unmodified SDK needs.

        With the original names nothing points at this deployment; with own names the tenant is `adfs`, the one
        spelling with which no SDK asks a cloud about the authority first (reference/identity.md §4.2).
        """
        variables = {
            **self.trust(),
            "AZURE_CLIENT_ID": application.client_id,
            "AZURE_CLIENT_SECRET": application.secret,
            "AZURE_TENANT_ID": self.deployment.tenant,
        }
        if not self.has_azure_names:
            variables |= {"AZURE_TENANT_ID": "adfs", "AZURE_AUTHORITY_HOST": self.deployment.domain.authority}
        return variables

    @property
    def has_azure_names(self) -> bool:
        return self.deployment.domain.login == "login.microsoftonline.com"

    def describe(self) -> dict:
        """What a scenario in another language needs to know, as JSON."""
        return {
            "url": self.url,
            "authority": self.deployment.domain.authority,
            "resource": self.deployment.domain.resource,
            "tenant": self.deployment.tenant,
            "azureNames": self.has_azure_names,
            "certificateFile": str(self.certificate_file),
            "workloadToken": self.issuer.token(WORKLOAD_SUBJECT, WORKLOAD_AUDIENCE),
            "attestation": {"policy": self.attestation.policy(), "token": self.attestation.token()},
            "managedIdentity": dataclasses.asdict(self.deployment.managed_identity),
            "applications": {
                application.name: dataclasses.asdict(application)
                for application in [self.administrator, *self.deployment.applications]
            },
        }

    def close(self) -> None:
        if "server" in self.__dict__ and self.server.running():
            self.server.stop()
        self.issuer.close()
        self.attestation.close()
