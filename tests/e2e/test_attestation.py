"""Key attestation: what the HSM says of its keys, read by the released SDK, checked by another library and by
`strongroom attestation verify`."""

import json
import os
import subprocess

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.keys import JsonWebKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness import attestation_reader as reader
from harness import paths, rigs
from harness.attestation_reader import attributes_of, chain_of
from harness.fips import needs_provider
from harness.on_premises import byok_file, wrapped_for
from harness.rest import b64u, unb64u

YES, NO = b"\1", b"\0"


def read(attestation) -> tuple[dict, dict | None]:
    """What the SDK's attestation says of the private (or secret) and the public key."""
    leaf, _ = chain_of(attestation.certificate_pem_file)
    public = attestation.public_key_attestation
    return attributes_of(attestation.private_key_attestation, leaf), public and attributes_of(public, leaf)


def attested(keys, name: str, version: str | None = None) -> dict:
    return read(keys.get_key_attestation(name, version).properties.attestation)[0]


def attestation_of(rest, path: str) -> dict:
    answer = rest.get(f"/keys/{path}/attestation")
    assert answer.status_code == 200, answer.text
    return answer.json()["attributes"]["attestation"]


def raw(rest, path: str) -> dict:
    attestation = attestation_of(rest, path)
    leaf, _ = chain_of(unb64u(attestation["certificatePemFile"]))
    return attributes_of(unb64u(attestation["privateKeyAttestation"]), leaf)


def both(rest, path: str) -> tuple[dict, dict]:
    """What a raw answer says of the private and of the public key."""
    attestation = attestation_of(rest, path)
    leaf, _ = chain_of(unb64u(attestation["certificatePemFile"]))
    return tuple(attributes_of(unb64u(attestation[f"{half}KeyAttestation"]), leaf) for half in ("private", "public"))


def strongroom(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([paths.BIN / "strongroom", "attestation", *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.parametrize("curve, size", [("P-256", 32), ("P-384", 48), ("P-521", 66), ("P-256K", 32)])
def test_the_sdk_reads_what_an_independent_reader_accepts(keys, name, curve, size):
    made = keys.create_ec_key(name, curve=curve, key_operations=["sign"])

    key = keys.get_key_attestation(name)

    assert (key.id, key.key.x) == (made.id, made.key.x)
    assert key.properties.attestation.version == "STRONGROOM-1"
    private, public = read(key.properties.attestation)
    point = b"\4" + made.key.x.rjust(size, b"\0") + made.key.y.rjust(size, b"\0")
    for half, kind in ((private, reader.PRIVATE), (public, reader.PUBLIC)):
        assert half[reader.CLASS] == kind
        assert half[reader.ID] == f"/keys/{name}/{made.properties.version}".encode()
        assert half[reader.EC_POINT] == point
    assert (private[reader.SIGN], private[reader.UNWRAP], public[reader.VERIFY]) == (YES, NO, NO)
    assert (private[reader.LOCAL], private[reader.EXTRACTABLE], private[reader.NEVER_EXTRACTABLE]) == (YES, NO, YES)


def test_an_rsa_key_is_the_one_that_is_attested(keys, name):
    made = keys.create_rsa_key(name, size=2048)

    private, public = read(keys.get_key_attestation(name).properties.attestation)

    for half in (private, public):
        assert (half[reader.MODULUS], half[reader.EXPONENT]) == (made.key.n, made.key.e)
        assert half[reader.MODULUS_BITS] == (2048).to_bytes(4, "big")


@pytest.mark.parametrize("curve, key_type, params, operation", [
    ("Ed25519", 0x40, "06032b6570", reader.SIGN),
    ("X25519", 0x41, "06032b656e", reader.DERIVE),
])
def test_an_octet_key_pair_is_the_one_that_is_attested(own, name, curve, key_type, params, operation):
    made = own.rest(own.user).create_key(name, kty="OKP", crv=curve)["key"]

    private, public = both(own.rest(own.user), name)

    for half in (private, public):
        assert half[reader.EC_POINT] == unb64u(made["x"])
        assert half[reader.EC_PARAMS] == bytes.fromhex(params)
        assert half[reader.KEY_TYPE] == key_type.to_bytes(4, "big")
    assert (private[operation], private[reader.LOCAL], private[reader.NEVER_EXTRACTABLE]) == (YES, YES, YES)
    assert private[reader.SIGN] != private[reader.DERIVE]


@needs_provider
@pytest.mark.parametrize("alg, parameter_set", [("ML-DSA-44", 1), ("ML-DSA-65", 2), ("ML-DSA-87", 3)])
def test_an_ml_dsa_key_is_the_one_that_is_attested(own, name, alg, parameter_set):
    made = own.rest(own.user).create_key(name, kty="AKP", alg=alg)["key"]

    private, public = both(own.rest(own.user), name)

    for half in (private, public):
        assert half[reader.PUBLIC_VALUE] == unb64u(made["pub"])
        assert half[reader.PARAMETER_SET] == parameter_set.to_bytes(4, "big")
        assert half[reader.KEY_TYPE] == (0x4A).to_bytes(4, "big")
    assert (private[reader.SIGN], private[reader.LOCAL], public[reader.VERIFY]) == (YES, YES, YES)


def test_the_engine_and_that_it_is_not_in_fips_mode_are_stated(own, name):
    own.rest(own.user).create_key(name, kty="EC-HSM")

    for half in both(own.rest(own.user), name):
        assert half[reader.ENGINE].startswith(b"OpenSSL Default Provider 3.")
        assert half[reader.FIPS] == NO


def test_a_symmetric_key_has_one_blob_and_shows_its_check_value_alone(keys, name):
    material = os.urandom(32)
    keys.import_key(name, JsonWebKey(kty="oct-HSM", k=material, key_ops=["wrapKey", "unwrapKey"]))

    attestation = keys.get_key_attestation(name).properties.attestation

    assert attestation.public_key_attestation is None
    secret, _ = read(attestation)
    expected = Cipher(algorithms.AES(material), modes.ECB()).encryptor().update(bytes(16))[:3]
    assert (secret[reader.CLASS], secret[reader.CHECK_VALUE]) == (reader.SECRET, expected)
    assert secret[reader.VALUE_BYTES] == (32).to_bytes(4, "big")
    assert (secret[reader.WRAP], secret[reader.UNWRAP], secret[reader.ENCRYPT]) == (YES, YES, NO)
    assert material[:8] not in attestation.private_key_attestation


def test_what_came_from_outside_is_never_called_local(own, name):
    """A key in the clear, one wrapped for us, and then a rotated version, which is made here."""
    rest = own.rest(own.user)
    outside = ec.generate_private_key(ec.SECP256R1())
    numbers = outside.private_numbers()
    jwk = {"kty": "EC-HSM", "crv": "P-256", "d": b64u(numbers.private_value.to_bytes(32, "big")),
           "x": b64u(numbers.public_numbers.x.to_bytes(32, "big")), "y": b64u(numbers.public_numbers.y.to_bytes(32, "big"))}
    imported = rest.put(f"/keys/{name}", {"key": jwk})
    assert imported.status_code == 200, imported.text
    kek = rest.create_key(f"{name}-kek", kty="RSA-HSM", key_ops=["import"])["key"]
    pkcs8 = outside.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    brought = rest.put(f"/keys/{name}-byok", {"key": {
        "kty": "EC-HSM", "crv": "P-256", "key_hsm": b64u(byok_file(kek["kid"], wrapped_for(kek, pkcs8)))}})
    assert brought.status_code == 200, brought.text

    for which in (name, f"{name}-byok"):
        said = raw(rest, which)
        assert (said[reader.LOCAL], said[reader.NEVER_EXTRACTABLE], said[reader.ALWAYS_SENSITIVE]) == (NO, NO, NO)
        rest.put(f"/keys/{which}/rotationpolicy", {"attributes": {"expiryTime": "P90D"}})
        old = rest.get(f"/keys/{which}").json()["key"]["kid"].rsplit("/", 1)[1]
        assert rest.post(f"/keys/{which}/rotate").status_code == 200
        assert raw(rest, which)[reader.LOCAL] == YES
        assert raw(rest, f"{which}/{old}")[reader.LOCAL] == NO


def test_operations_are_those_of_now(keys, name):
    keys.create_ec_key(name)
    assert attested(keys, name)[reader.SIGN] == YES

    keys.update_key_properties(name, key_operations=["verify"])

    after = attested(keys, name)
    assert (after[reader.SIGN], after[reader.LOCAL]) == (NO, YES)


def test_each_version_has_its_own(keys, name):
    first = keys.create_ec_key(name)
    second = keys.create_ec_key(name)

    for made in (first, second):
        said = attested(keys, name, made.properties.version)
        assert said[reader.ID].decode().endswith(made.properties.version)
        assert made.key.x in said[reader.EC_POINT]
    assert attested(keys, name)[reader.ID].decode().endswith(second.properties.version)


def test_the_same_is_said_each_time_and_of_a_restored_key(own, name):
    rest = own.rest(own.user)
    rest.create_key(name, kty="EC-HSM")
    before = attestation_of(rest, name)
    value = rest.post(f"/keys/{name}/backup").json()["value"]
    rest.delete(f"/keys/{name}")
    rest.delete(f"/deletedkeys/{name}")
    assert rest.get(f"/keys/{name}/attestation").status_code == 404

    assert rest.post("/keys/restore", {"value": value}).status_code == 200

    assert attestation_of(rest, name) == before


def test_only_the_attestation_route_carries_one(own, name):
    rest = own.rest(own.user)
    made = rest.create_key(name, kty="EC-HSM")

    answer = rest.get(f"/keys/{name}/attestation").json()

    assert set(answer) == set(made) and "attestation" not in made["attributes"]
    assert answer["attributes"].pop("attestation").keys() == {
        "certificatePemFile", "privateKeyAttestation", "publicKeyAttestation", "version"}
    assert answer == made == rest.get(f"/keys/{name}").json()


def test_it_needs_the_permission_to_read_and_an_existing_key(own, keys, name):
    own.rest(own.user).create_key(name, kty="EC-HSM")

    refused = own.rest(own.outsider).get(f"/keys/{name}/attestation")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "AccessDenied")
    assert "Microsoft.KeyVault/managedHsm/keys/read/action" in refused.json()["error"]["message"]
    assert own.rest(own.user).get(f"/keys/{name}/{'0' * 32}/attestation").status_code == 404
    with pytest.raises(ResourceNotFoundError):
        keys.get_key_attestation(f"{name}-none")


@pytest.mark.parametrize("method, path, status", [
    ("POST", "/keys/{}/attestation", 405),
    ("PUT", "/keys/{}/attestation", 405),
    ("DELETE", "/keys/{}/attestation", 405),
    ("GET", "/keys/{}/attestation/more", 404),
    ("GET", "/keys/{}/not-a-version/attestation", 404),
    ("GET", "/keys/not_a_name/attestation", 400),
    ("GET", "/keys/" + "a" * 128 + "/attestation", 400),
    ("GET", "/deletedkeys/{}/attestation", 404),
])
def test_nothing_else_near_it_is_answered(own, name, method, path, status):
    own.rest(own.user).create_key(name, kty="EC-HSM")

    answer = own.rest(own.user).request(method, path.format(name))

    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("path", ["/keys/{}/attestation", "/keys/{}//attestation", "/KEYS/{}/Attestation"])
def test_every_spelling_of_the_route_is_understood(own, name, path):
    made = own.rest(own.user).create_key(name, kty="EC-HSM")

    assert own.rest(own.user).get(path.format(name)).json()["key"] == made["key"]


def test_it_leaves_an_audit_record(own, name):
    own.rest(own.user).create_key(name, kty="EC-HSM")

    answer = own.rest(own.user).get(f"/keys/{name}/attestation")

    lines = [line for log in sorted(own.server.data.rglob("audit-*.jsonl")) for line in log.read_text().splitlines()]
    records = {record.get("correlationId"): record for record in map(json.loads, lines)}
    assert records[answer.headers["x-ms-request-id"]]["operationName"] == "KeyGetAttestation"


class TestTheCommandLine:
    """`strongroom attestation`, without the server."""

    @pytest.fixture
    def files(self, name, tmp_path):
        """The whole answer, the object that az writes, and the root of each of two HSMs."""
        found = {}
        for which in rigs.DOMAINS:
            rig = rigs.rig_named(which)
            rest = rig.rest(rig.user)
            rest.create_key(name, kty="EC-HSM")
            answer = rest.get(f"/keys/{name}/attestation").json()
            answers = {"answer": answer, "object": answer["attributes"]["attestation"]}
            for kind, content in answers.items():
                found[which, kind] = tmp_path / f"{which}-{kind}.json"
                found[which, kind].write_text(json.dumps(content))
            found[which, "root"] = tmp_path / f"{which}.pem"
            printed = strongroom("root", found[which, "answer"])
            assert printed.returncode == 0, printed.stderr
            found[which, "root"].write_text(printed.stdout)
        return found

    @pytest.mark.parametrize("kind", ["answer", "object"])
    def test_it_accepts_what_is_signed_under_the_pinned_root(self, files, name, kind):
        done = strongroom("verify", files["own-names", kind], "--root", files["own-names", "root"], "--key", name)

        assert done.returncode == 0, done.stderr
        assert "generated inside the HSM" in done.stdout and "VERIFIED" in done.stdout

    @pytest.mark.parametrize("key, kind", [
        ({"kty": "OKP", "crv": "Ed25519"}, "OKP, curve Ed25519"),
        ({"kty": "OKP", "crv": "X25519"}, "OKP, curve X25519"),
        pytest.param({"kty": "AKP", "alg": "ML-DSA-87"}, "ML-DSA-87", marks=needs_provider),
    ], ids=str)
    def test_it_holds_every_type_of_key_against_its_attestation(self, own, name, tmp_path, key, kind):
        rest = own.rest(own.user)
        for which in ("one", "other"):
            rest.create_key(f"{name}-{which}", **key)
        answer, other = (rest.get(f"/keys/{name}-{which}/attestation").json() for which in ("one", "other"))
        file = tmp_path / "answer.json"
        file.write_text(json.dumps(answer))

        done = strongroom("verify", file, "--key", f"{name}-one")
        assert done.returncode == 3 and kind in done.stdout, done.stderr

        member = "pub" if key["kty"] == "AKP" else "x"
        answer["key"][member] = other["key"][member]
        file.write_text(json.dumps(answer))
        assert strongroom("verify", file).returncode == 1

    def test_without_a_root_it_says_so_and_does_not_succeed(self, files):
        done = strongroom("verify", files["own-names", "answer"])

        assert done.returncode == 3 and "not pinned" in done.stdout

    def test_it_refuses_another_hsms_root_another_name_and_another_key(self, files, name):
        for arguments in (("--root", files["azure-names", "root"]), ("--key", f"{name}-other")):
            done = strongroom("verify", files["own-names", "answer"], *arguments)
            assert (done.returncode, done.stdout) == (1, ""), done.stderr
        mixed = json.loads(files["own-names", "answer"].read_text())
        mixed["key"]["x"] = json.loads(files["azure-names", "answer"].read_text())["key"]["x"]
        files["own-names", "answer"].write_text(json.dumps(mixed))
        assert strongroom("verify", files["own-names", "answer"]).returncode == 1
