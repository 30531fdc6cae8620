"""FIPS mode: what is refused, what works, and what the HSM says of itself."""

import hashlib
import secrets

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from harness import attestation_reader as reader
from harness import deployment
from harness.fips import PROVIDER, needs_provider
from harness.instance import Instance
from harness.rest import b64u, unb64u
from harness.server import Strongroomd

pytestmark = needs_provider

DIGEST = b64u(hashlib.sha256(b"approved").digest())


@pytest.fixture(scope="module")
def hsm(tmp_path_factory):
    instance = Instance(tmp_path_factory.mktemp("fips"), 9790, fips=True, fips_provider=str(PROVIDER))
    yield instance
    instance.close()


@pytest.fixture
def rest(hsm):
    return hsm.session()


def refusal(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def number(value: int) -> str:
    return b64u(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def rsa_jwk(exponent: int) -> dict:
    n = rsa.generate_private_key(exponent, 2048).private_numbers()
    return {"kty": "RSA", "n": number(n.public_numbers.n), "e": number(exponent), "d": number(n.d), "p": number(n.p),
            "q": number(n.q), "dp": number(n.dmp1), "dq": number(n.dmq1), "qi": number(n.iqmp)}


def health(instance) -> dict:
    answer = requests.get(f"{instance.deployment.url}/healthstatus", verify=instance.server.ca, timeout=30)
    assert answer.status_code == 200
    return answer.json()


def test_health_tells_the_mode_and_the_providers_version_to_anyone(hsm):
    said = health(hsm)
    assert said["fips"] is True and said["message"] == "Healthy" and said["activated"] is True
    assert said["provider"] == "OpenSSL FIPS Provider"
    assert tuple(map(int, said["providerVersion"].split("."))) >= (3, 5)


@pytest.mark.parametrize("key", [{"kty": "EC"}, {"kty": "oct", "key_size": 256}, {"kty": "AKP", "alg": "ML-DSA-65"}],
                         ids=lambda key: key["kty"])
def test_an_attestation_states_the_mode_and_the_provider(hsm, rest, name, key):
    rest.create_key(name, **key)

    attestation = rest.get(f"/keys/{name}/attestation").json()["attributes"]["attestation"]

    leaf, _ = reader.chain_of(unb64u(attestation["certificatePemFile"]))
    said = reader.attributes_of(unb64u(attestation["privateKeyAttestation"]), leaf)
    assert said[reader.FIPS] == b"\1"
    assert said[reader.ENGINE].decode() == "OpenSSL FIPS Provider " + health(hsm)["providerVersion"]


def test_health_tells_when_the_mode_is_off(own):
    said = health(own)
    assert said["fips"] is False and said["provider"] == "OpenSSL Default Provider"


@pytest.mark.parametrize(
    "body",
    [
        {"kty": "EC", "crv": "P-256K"},
        {"kty": "RSA", "public_exponent": 3},
        {"kty": "RSA", "public_exponent": 17},
    ],
    ids=str,
)
def test_keys_that_are_not_approved_cannot_be_made(rest, name, body):
    answer = rest.post(f"/keys/{name}/create", body)
    assert refusal(answer) == (400, "NotSupported")
    assert "FIPS mode" in answer.json()["error"]["message"]


def test_keys_that_are_not_approved_cannot_be_imported(rest, name):
    curve = ec.generate_private_key(ec.SECP256K1()).private_numbers()
    point = curve.public_numbers
    jwk = {"kty": "EC", "crv": "P-256K", "x": b64u(point.x.to_bytes(32, "big")), "y": b64u(point.y.to_bytes(32, "big")),
           "d": b64u(curve.private_value.to_bytes(32, "big"))}
    assert refusal(rest.put(f"/keys/{name}", {"key": jwk})) == (400, "NotSupported")
    assert refusal(rest.put(f"/keys/{name}", {"key": rsa_jwk(3)})) == (400, "NotSupported")
    assert rest.put(f"/keys/{name}", {"key": rsa_jwk(65537)}).status_code == 200


@pytest.mark.parametrize("operation, alg", [("sign", "RSNULL"), ("encrypt", "RSA1_5"), ("decrypt", "RSA1_5"),
                                            ("wrapkey", "RSA1_5"), ("unwrapkey", "RSA1_5")])
def test_algorithms_that_are_not_approved_are_refused(rest, name, operation, alg):
    rest.create_key(name, kty="RSA")
    answer = rest.post(f"/keys/{name}/{operation}", {"alg": alg, "value": DIGEST})
    assert refusal(answer) == (400, "NotSupported")
    assert alg in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "key, algorithms",
    [
        ({"kty": "RSA", "key_size": 2048}, {"RS256": 32, "RS384": 48, "RS512": 64, "PS256": 32, "PS384": 48, "PS512": 64}),
        ({"kty": "EC", "crv": "P-256"}, {"ES256": 32}),
        ({"kty": "EC", "crv": "P-384"}, {"ES384": 48}),
        ({"kty": "EC", "crv": "P-521"}, {"ES512": 64}),
        ({"kty": "oct", "key_size": 256, "key_ops": ["sign", "verify"]}, {"HS256": 20, "HS384": 20, "HS512": 20}),
        ({"kty": "AKP", "alg": "ML-DSA-44"}, {"ML-DSA-44": 20}),
        ({"kty": "AKP", "alg": "ML-DSA-87"}, {"ML-DSA-87": 20}),
    ],
    ids=lambda value: str(value.get("alg") or value.get("crv") or value["kty"]) if "kty" in value else "",
)
def test_what_is_approved_signs_and_verifies(rest, name, key, algorithms):
    rest.create_key(name, **key)
    for alg, size in algorithms.items():
        digest = b64u(secrets.token_bytes(size))
        signature = rest.post(f"/keys/{name}/sign", {"alg": alg, "value": digest}).json()["value"]
        body = {"alg": alg, "digest": digest, "value": signature}
        assert rest.post(f"/keys/{name}/verify", body).json()["value"] is True, alg
        wrong = b64u(bytes(size))
        assert rest.post(f"/keys/{name}/verify", body | {"digest": wrong}).json()["value"] is False, alg


@pytest.mark.parametrize("key, there, back, algorithms", [
    ({"kty": "RSA"}, "encrypt", "decrypt", ["RSA-OAEP", "RSA-OAEP-256"]),
    ({"kty": "RSA"}, "wrapkey", "unwrapkey", ["RSA-OAEP", "RSA-OAEP-256"]),
    ({"kty": "oct", "key_size": 256}, "encrypt", "decrypt", ["A256GCM", "A256CBC", "A256CBCPAD"]),
    ({"kty": "oct", "key_size": 128}, "wrapkey", "unwrapkey", ["A128KW", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"]),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_approved_encrypts_and_wraps(rest, name, key, there, back, algorithms):
    rest.create_key(name, **key)
    secret = secrets.token_bytes(32)
    for alg in algorithms:
        body = {"alg": alg, "value": b64u(secret)}
        if alg.startswith("A256CBC"):
            body["iv"] = b64u(secrets.token_bytes(16))
        answer = rest.post(f"/keys/{name}/{there}", body).json()
        returned = rest.post(f"/keys/{name}/{back}", {k: v for k, v in answer.items() if k != "kid"})
        assert unb64u(returned.json()["value"]) == secret, alg


def test_backup_restore_random_and_a_restart_work(hsm, name):
    rest = hsm.session()
    rest.create_key(name, kty="RSA")
    blob = rest.post(f"/keys/{name}/backup").json()["value"]
    rest.delete(f"/keys/{name}")
    rest.delete(f"/deletedkeys/{name}")
    assert rest.post("/keys/restore", {"value": blob}).status_code == 200
    assert len(unb64u(rest.post("/rng", {"count": 16}).json()["value"])) == 16

    hsm.restart()

    assert rest.post(f"/keys/{name}/sign", {"alg": "RS256", "value": DIGEST}).status_code == 200
    assert health(hsm)["fips"] is True


def test_keys_older_than_the_mode_obey_it(tmp_path):
    instance = Instance(tmp_path, 9792)
    try:
        rest = instance.session()
        rest.create_key("koblitz", kty="EC", crv="P-256K")
        rest.create_key("small", kty="RSA", public_exponent=3)
        instance.server.stop()
        config = instance.server.config
        config.write_text(config.read_text().replace("fips = false", "fips = true"))
        instance.server.start()

        assert refusal(rest.post("/keys/koblitz/sign", {"alg": "ES256K", "value": DIGEST})) == (400, "NotSupported")
        assert refusal(rest.post("/keys/small/sign", {"alg": "RS256", "value": DIGEST})) == (400, "NotSupported")
        assert rest.get("/keys/small").status_code == 200
    finally:
        instance.close()


@pytest.mark.parametrize("damage", ["absent", "changed"])
def test_fips_mode_does_not_start_without_a_good_provider(tmp_path, damage):
    module = tmp_path / "provider" / "fips.so"
    module.parent.mkdir()
    if damage == "changed":  # it checks its own bytes against the MAC beside it
        code = bytearray(PROVIDER.read_bytes())
        code[-1] ^= 1
        module.write_bytes(code)
        (module.parent / "fipsmodule.cnf").write_bytes((PROVIDER.parent / "fipsmodule.cnf").read_bytes())
    domain = deployment.Domain("managedhsm.localhost", "login.localhost", 9794)
    server = Strongroomd(deployment.Deployment(domain, fips=True, fips_provider=str(module)), tmp_path / "server")
    with pytest.raises(Exception):
        server.start()
    assert not server.running()
    assert "FIPS provider can't be loaded" in server.log_tail()
