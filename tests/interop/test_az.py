"""The az command line, as an operator uses it: a cloud of its own is registered, then plain commands.

az asks ARM for its subscriptions when it logs in, and Graph for the names of principals. Strongroom serves neither: a
stand-in knows one subscription and, with a 404, no principal. It has the HSM's parent name and a port of its own,
since the token service makes tokens for that resource alone."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from harness import paths, rigs
from harness.applications import self_signed, write_certificate, write_pem
from harness.deployment import Deployment, Domain
from harness.https_documents import HttpsDocuments
from harness.rest import unb64u
from harness.server import Strongroomd

AZ = shutil.which("az")
SUBSCRIPTION = "00000000-1111-4222-8333-444444444444"

pytestmark = [
    pytest.mark.skipif(AZ is None, reason="az is not in PATH (pip install azure-cli)"),
    pytest.mark.timeout(300),
]


class Az:
    """One az with a configuration of its own. Called with a command line; returns what it prints, parsed."""

    def __init__(self, directory: Path, server: Strongroomd):
        self.deployment = server.deployment
        subscription = {
            "id": f"/subscriptions/{SUBSCRIPTION}", "subscriptionId": SUBSCRIPTION, "tenantId": self.deployment.tenant,
            "displayName": "here", "state": "Enabled",
        }
        self.arm = HttpsDocuments(directory, "managedhsm.localhost", {"/subscriptions": {"value": [subscription]}})
        trusted = directory / "trusted.pem"
        trusted.write_text(Path(server.ca).read_text() + Path(self.arm.ca_file).read_text())
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "AZURE_CONFIG_DIR": str(directory / "az"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "REQUESTS_CA_BUNDLE": str(trusted),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [AZ, *arguments], env=self._environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )

    def __call__(self, *arguments: str):
        done = self.run(*arguments, "--output", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def register_cloud(self) -> None:
        domain = self.deployment.domain
        cloud = {
            "endpoints": {
                "resource_manager": self.arm.url,
                "management": self.arm.url,
                "active_directory": f"{domain.authority}/adfs",
                "active_directory_resource_id": self.arm.url,
                "microsoft_graph_resource_id": self.arm.url,
            },
            "suffixes": {
                "mhsm_dns": domain.resource.replace("https://", "."),
                "keyvault_dns": ".vault.localhost",
            },
        }
        self("cloud", "register", "--name", "Strongroom", "--skip-endpoint-discovery", "--cloud-config", json.dumps(cloud))
        self("cloud", "set", "--name", "Strongroom")

    def login(self, application) -> None:
        self(
            "login", "--service-principal", "--username", application.client_id, "--password", application.secret,
            "--tenant", self.deployment.tenant,
        )


def own_rig():
    return rigs.rig_named("own-names")


@pytest.fixture(scope="module")
def az(tmp_path_factory):
    """az, logged in as the one who may use and manage keys."""
    az = Az(tmp_path_factory.mktemp("az"), own_rig().server)
    az.register_cloud()
    az.login(own_rig().user)
    yield az
    az.arm.close()


@pytest.fixture(scope="module")
def administrators_az(tmp_path_factory):
    az = Az(tmp_path_factory.mktemp("administrators-az"), own_rig().server)
    az.register_cloud()
    az.login(own_rig().administrator)
    yield az
    az.arm.close()


@pytest.fixture
def fresh_az(tmp_path):
    """az, logged in as the administrator of an instance that nobody has activated yet."""
    server = Strongroomd(Deployment(Domain("managedhsm.localhost", "login.localhost", 9590)), tmp_path / "fresh").start()
    az = Az(tmp_path, server)
    az.register_cloud()
    az.login(server.deployment.administrator)
    yield az
    az.arm.close()
    server.stop()


@pytest.fixture
def key(az, name):
    """key(command, *arguments) runs `az keyvault key` on this test's key."""
    hsm = ("--hsm-name", az.deployment.instance, "--name", name)
    return lambda command, *arguments: az("keyvault", "key", command, *hsm, *arguments)


def test_a_key_is_created_shown_listed_and_changed(az, key, name):
    made = key("create", "--kty", "RSA-HSM", "--size", "3072")
    assert made["key"]["kid"].startswith(f"{az.deployment.url}/keys/{name}/")
    newer = key("create", "--kty", "EC-HSM", "--curve", "P-256")

    assert key("show") == newer
    assert az("keyvault", "key", "show", "--id", made["key"]["kid"])["key"]["n"] == made["key"]["n"]
    assert len(key("list-versions")) == 2
    assert name in [item["name"] for item in az("keyvault", "key", "list", "--hsm-name", az.deployment.instance)]
    assert key("set-attributes", "--enabled", "false")["attributes"]["enabled"] is False


def test_a_key_is_deleted_recovered_and_purged(az, key, name):
    key("create", "--kty", "oct-HSM", "--size", "256")

    key("delete")
    hsm = ("--hsm-name", az.deployment.instance)
    assert name in [item["name"] for item in az("keyvault", "key", "list-deleted", *hsm)]
    assert f"/keys/{name}/" in key("recover")["key"]["kid"]
    key("delete")
    key("purge")
    assert name not in [item["name"] for item in az("keyvault", "key", "list-deleted", *hsm)]


def test_what_is_encrypted_is_decrypted(az, key, name):
    key("create", "--kty", "RSA-HSM", "--size", "2048")

    sealed = key("encrypt", "--algorithm", "RSA-OAEP-256", "--value", "meet at noon", "--data-type", "plaintext")
    opened = key("decrypt", "--algorithm", "RSA-OAEP-256", "--value", sealed["result"], "--data-type", "plaintext")

    assert opened["result"] == "meet at noon"


def test_what_is_signed_verifies(az, key, name):
    key("create", "--kty", "EC-HSM", "--curve", "P-256")
    digest = base64.b64encode(bytes(range(32))).decode()

    signed = key("sign", "--algorithm", "ES256", "--digest", digest)

    checked = key("verify", "--algorithm", "ES256", "--digest", digest, "--signature", signed["signature"])
    assert checked["isValid"] is True


def test_a_key_file_is_imported_and_a_public_key_downloaded(az, key, name, tmp_path):
    private, certificate = self_signed(name)
    write_pem(tmp_path / "key.pem", private, certificate)

    imported = key("import", "--pem-file", str(tmp_path / "key.pem"))
    key("download", "--file", str(tmp_path / "public.pem"), "--encoding", "PEM")

    assert imported["key"]["kty"] == "RSA-HSM"
    public = load_pem_public_key((tmp_path / "public.pem").read_bytes())
    assert public.public_numbers() == private.public_key().public_numbers()


def test_random_bytes(az):
    answer = az("keyvault", "key", "random", "--hsm-name", az.deployment.instance, "--count", "16")
    assert len(unb64u(answer["value"])) == 16


def test_roles_are_listed_given_and_taken(administrators_az):
    az = administrators_az
    hsm = ("--hsm-name", az.deployment.instance)
    names = [role["roleName"] for role in az("keyvault", "role", "definition", "list", *hsm)]
    assert "Managed HSM Crypto User" in names

    given = az(
        "keyvault", "role", "assignment", "create", *hsm, "--role", "Managed HSM Crypto User",
        "--assignee-object-id", own_rig().outsider.object_id, "--assignee-principal-type", "ServicePrincipal",
        "--scope", "/keys/some-key",
    )
    assert given["principalId"] == own_rig().outsider.object_id
    assert given["principalName"] == "Unknown"  # Graph's to know
    listed = az("keyvault", "role", "assignment", "list", *hsm, "--scope", "/keys/some-key")
    assert given["name"] in [assignment["name"] for assignment in listed]
    az("keyvault", "role", "assignment", "delete", *hsm, "--ids", given["id"])
    left = az("keyvault", "role", "assignment", "list", *hsm, "--scope", "/keys/some-key")
    assert given["name"] not in [assignment["name"] for assignment in left]


def test_the_security_domain_is_downloaded_and_the_hsm_thereby_activated(fresh_az, tmp_path):
    az = fresh_az
    files = []
    for n in range(3):
        _, certificate = self_signed(f"holder {n}")
        files.append(str(write_certificate(tmp_path / f"holder{n}.cer", certificate)))
    hsm = ("--hsm-name", az.deployment.instance)

    az(
        "keyvault", "security-domain", "download", *hsm, "--sd-wrapping-keys", *files, "--sd-quorum", "2",
        "--security-domain-file", str(tmp_path / "domain.json"),
    )

    assert len(json.loads((tmp_path / "domain.json").read_text())["SharedKeys"]["enc_shares"]) == 3
    assert az("keyvault", "role", "assignment", "list", *hsm), "the HSM is not active"


def test_a_refusal_is_printed(az, key):
    done = az.run("keyvault", "key", "show", "--hsm-name", az.deployment.instance, "--name", "nobody-made-this")

    assert done.returncode != 0
    assert "KeyNotFound" in done.stderr


def test_a_keys_attestation_is_written_to_a_file_that_our_verifier_reads(key, name, tmp_path):
    key("create", "--kty", "EC-HSM", "--curve", "P-256")

    key("get-attestation", "--file", str(tmp_path / "attestation.json"))

    done = subprocess.run(
        [paths.BIN / "strongroom", "attestation", "verify", tmp_path / "attestation.json", "--key", name],
        capture_output=True, text=True)
    assert done.returncode == 3, done.stderr  # all is consistent; no root was given
