"""Backup and restore of one key through the released Python SDK, and which HSMs a blob opens in."""

import hashlib
import json
import shutil

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from cryptography.hazmat.primitives.asymmetric import rsa

from harness import paths, roles, security_domain
from harness.applications import Application
from harness.deployment import Deployment, Domain
from harness.rest import Rest, b64u, token, unb64u
from harness.server import Strongroomd

DIGEST = hashlib.sha256(b"kept").digest()
SIGN = {"alg": "ES256", "value": b64u(DIGEST)}


def forget(keys, name: str) -> None:
    keys.begin_delete_key(name).wait()
    keys.purge_deleted_key(name)


def test_a_restored_key_is_the_key_it_was(keys, cryptography_of, name):
    first = keys.create_ec_key(name, tags={"version": "1"}, enabled=False)
    second = keys.create_ec_key(name, tags={"version": "2"}, key_operations=["sign", "verify"])
    signature = cryptography_of(second.id).sign("ES256", DIGEST).signature
    before = {p.version: (p.tags, p.enabled, p.created_on) for p in keys.list_properties_of_key_versions(name)}

    blob = keys.backup_key(name)
    forget(keys, name)
    restored = keys.restore_key_backup(blob)

    assert restored.id == second.id
    after = {p.version: (p.tags, p.enabled, p.created_on) for p in keys.list_properties_of_key_versions(name)}
    assert after == before and first.properties.version in after
    # An object of its own: the client above has the public key at hand and would not ask the server.
    assert cryptography_of(restored.id).verify("ES256", DIGEST, signature).is_valid
    assert cryptography_of(restored.id).sign("ES256", DIGEST).signature != b""


@pytest.mark.parametrize("create", ["create_rsa_key", "create_ec_key", "create_oct_key"])
def test_every_type_of_key_comes_back(keys, name, create):
    made = getattr(keys, create)(name, hardware_protected=True)
    blob = keys.backup_key(name)
    forget(keys, name)

    restored = keys.restore_key_backup(blob)

    assert (restored.id, restored.key.n, restored.key.x) == (made.id, made.key.n, made.key.x)


def test_what_the_material_protected_opens_again(keys, cryptography_of, name):
    key = keys.create_oct_key(name, size=256, hardware_protected=True)
    sealed = cryptography_of(key.id).wrap_key("A256KW", DIGEST).encrypted_key
    blob = keys.backup_key(name)
    forget(keys, name)
    keys.restore_key_backup(blob)

    assert cryptography_of(key.id).unwrap_key("A256KW", sealed).key == DIGEST


def test_a_name_in_use_or_deleted_is_a_conflict(keys, name):
    keys.create_ec_key(name)
    blob = keys.backup_key(name)

    with pytest.raises(ResourceExistsError):
        keys.restore_key_backup(blob)
    keys.begin_delete_key(name).wait()
    with pytest.raises(ResourceExistsError):
        keys.restore_key_backup(blob)

    keys.purge_deleted_key(name)
    assert keys.restore_key_backup(blob).name == name


def test_an_unknown_key_has_no_backup(keys, name):
    with pytest.raises(ResourceNotFoundError):
        keys.backup_key(name)


def test_noise_is_no_backup(keys):
    for noise in (b"", b"not a backup", bytes(1000), b"a.b.c.d.e"):
        with pytest.raises(HttpResponseError) as refused:
            keys.restore_key_backup(noise)
        assert (refused.value.status_code, refused.value.error.code) == (400, "MalformedBackupBlob")


def test_the_blob_is_a_jwe_under_the_backup_protection_key(own, name):
    rest = own.rest(own.user)
    rest.create_key(name, kty="EC-HSM")

    value = rest.post(f"/keys/{name}/backup").json()["value"]

    header, encrypted_key, *rest_of_it = unb64u(value).decode().split(".")
    assert json.loads(unb64u(header)) == {"alg": "dir", "enc": "A256CBC-HS512", "kid": "backup-protection-key"}
    assert encrypted_key == "" and len(rest_of_it) == 3


def test_a_hundred_versions_of_an_rsa_key_come_back(own, name):
    """More than one message to a partition holds. One key is imported again and again: generation takes seconds."""
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    text = {member: b64u(value.to_bytes(256, "big").lstrip(b"\0")) for member, value in {
        "n": numbers.public_numbers.n, "e": 65537, "d": numbers.d, "p": numbers.p, "q": numbers.q,
        "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}.items()}
    rest = own.rest(own.user)
    for _ in range(100):
        assert rest.put(f"/keys/{name}", {"key": {"kty": "RSA-HSM", **text}}).status_code == 200

    value = rest.post(f"/keys/{name}/backup").json()["value"]
    rest.delete(f"/keys/{name}")
    rest.delete(f"/deletedkeys/{name}")
    assert rest.post("/keys/restore", {"value": value}).status_code == 200

    signature = rest.post(f"/keys/{name}/sign", {"alg": "RS256", "value": b64u(DIGEST)})
    assert signature.status_code == 200
    assert unb64u(value).count(b"~") >= 1


def test_making_and_restoring_a_backup_need_their_own_permissions(own, name):
    own.rest(own.user).create_key(name, kty="EC-HSM")
    value = own.rest(own.user).post(f"/keys/{name}/backup").json()["value"]

    assert own.rest(own.outsider).post(f"/keys/{name}/backup").status_code == 403
    refused = own.rest(own.outsider).post("/keys/restore", {"value": value})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "AccessDenied")
    assert "Microsoft.KeyVault/managedHsm/keys/restore/action" in refused.json()["error"]["message"]


def test_both_leave_audit_records_with_the_keys_id(own, name):
    own.rest(own.user).create_key(name, kty="EC-HSM")
    backup = own.rest(own.user).post(f"/keys/{name}/backup")
    own.rest(own.user).delete(f"/keys/{name}")
    own.rest(own.user).delete(f"/deletedkeys/{name}")
    restore = own.rest(own.user).post("/keys/restore", {"value": backup.json()["value"]})

    lines = [line for log in sorted(own.server.data.rglob("audit-*.jsonl")) for line in log.read_text().splitlines()]
    records = {record.get("correlationId"): record for record in map(json.loads, lines)}
    backed_up, restored = (records[answer.headers["x-ms-request-id"]] for answer in (backup, restore))
    assert (backed_up["operationName"], restored["operationName"]) == ("KeyBackup", "KeyRestore")
    assert f"/keys/{name}" in json.dumps(backed_up["properties"])
    assert restore.json()["key"]["kid"] in json.dumps(restored["properties"])


@pytest.fixture(scope="module")
def hsms():
    """Two HSMs of one security domain and a third of its own, each as a caller who may do everything."""
    administrator = Application("administrator")
    directory = paths.LOGS / "backup-domains"
    shutil.rmtree(directory, ignore_errors=True)
    servers = {
        which: Strongroomd(
            Deployment(Domain("managedhsm.localhost", "login.localhost", port), administrator=administrator),
            directory / which,
        )
        for which, port in (("first", 9781), ("second", 9782), ("third", 9783))
    }

    def session(which: str) -> Rest:
        server = servers[which]
        return Rest(server.deployment.url, server.ca, token(server.deployment, server.ca, administrator))

    def activate(which: str) -> None:
        servers[which].start()
        security_domain.activate(session(which))
        for role in (roles.CRYPTO_USER, roles.CRYPTO_OFFICER):
            roles.grant(session(which), administrator.object_id, role)

    try:
        activate("first")
        servers["first"].stop()
        shutil.copytree(servers["first"].data, servers["second"].data)  # the seal and the sealed domain among it
        servers["first"].start()
        servers["second"].start()
        activate("third")
        yield [session(which) for which in servers]
    finally:
        for server in servers.values():
            if server.running():
                server.stop()


def test_a_backup_opens_in_another_hsm_of_the_same_domain(hsms):
    first, second, _ = hsms
    made = first.create_key("travels", kty="EC-HSM")
    value = first.post("/keys/travels/backup").json()["value"]

    restored = second.post("/keys/restore", {"value": value})

    assert restored.status_code == 200, restored.text
    assert restored.json()["key"]["kid"] == made["key"]["kid"].replace(first.url, second.url)
    assert (restored.json()["key"]["x"], restored.json()["key"]["y"]) == (made["key"]["x"], made["key"]["y"])
    assert second.post("/keys/travels/sign", SIGN).status_code == 200


def test_it_opens_in_no_other(hsms):
    first, _, third = hsms
    first.create_key("stays", kty="EC-HSM")
    value = first.post("/keys/stays/backup").json()["value"]

    refused = third.post("/keys/restore", {"value": value})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "MalformedBackupBlob")
    assert third.get("/keys/stays/").status_code == 404
