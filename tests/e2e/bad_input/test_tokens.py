"""Tokens that are none, broken, expired, foreign or unsigned: 401, the challenge, and the code that clients print."""

import json
import time
import uuid

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.utils import base64url_encode

from harness.rest import Rest, token

HOUR = 3600


@pytest.fixture(scope="module")
def mint():
    """mint(rig, claims…) → a token signed with the token service's own key, otherwise as it would have made it."""
    keys: dict[str, rsa.RSAPrivateKey] = {}

    def make(rig, header: dict | None = None, **changes) -> str:
        genuine = token(rig.deployment, rig.server.ca, rig.user)
        claims = jwt.decode(genuine, options={"verify_signature": False})
        for name, value in changes.items():
            if value is None:
                claims.pop(name, None)
            else:
                claims[name] = value
        key = keys.setdefault(rig.url, signing_key_of(rig))
        return jwt.encode(claims, key, "RS256", {"kid": jwt.get_unverified_header(genuine)["kid"], **(header or {})})

    return make


def signing_key_of(rig) -> rsa.RSAPrivateKey:
    """The token service's key, found in the data directory by the key set that it publishes."""
    published = requests.get(
        f"{rig.deployment.domain.authority}/{rig.deployment.tenant}/discovery/v2.0/keys", verify=rig.server.ca
    ).json()
    modulus = {key["n"] for key in published["keys"]}
    for file in rig.server.data.rglob("*"):
        if not file.is_file() or b"PRIVATE KEY" not in file.read_bytes()[:100]:
            continue
        key = serialization.load_pem_private_key(file.read_bytes(), None)
        if isinstance(key, rsa.RSAPrivateKey) and json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key))["n"] in modulus:
            return key
    raise AssertionError("no signing key in the data directory")


def ask(rig, bearer: str | None):
    return Rest(rig.url, rig.server.ca, bearer).get("/keys")


def refuse(rig, bearer: str | None) -> None:
    answer = ask(rig, bearer)
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"].startswith('Bearer authorization="https://')
    if bearer:
        error = answer.json()["error"]
        assert error["code"] == "Unauthorized"
        assert error["message"].endswith(f"(Activity ID: {answer.headers['x-ms-request-id']})")
        assert bearer not in answer.text


def test_a_token_minted_as_the_token_service_does_is_accepted(own, mint):
    assert ask(own, mint(own)).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - HOUR},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": int(time.time()) + HOUR},
        {"aud": "https://vault.azure.net"},
        {"aud": "https://management.azure.com"},
        {"aud": None},
        {"aud": ""},
        {"aud": "https://managedhsm.localhost.example.org"},
        {"iss": "https://login.example.org/tenant/v2.0"},
        {"iss": None},
        {"tid": str(uuid.uuid4())},
        {"tid": None},
        {"oid": None},
        {"oid": ""},
        {"oid": 7},
    ],
    ids=lambda claims: "-".join(f"{name}={value}" for name, value in claims.items()),
)
def test_a_well_signed_token_with_a_wrong_claim_is_refused(own, mint, claims):
    refuse(own, mint(own, **claims))


@pytest.mark.parametrize(
    "broken",
    [
        "x",
        ".",
        "..",
        "a.b.c",
        "eyJhbGciOiJSUzI1NiJ9.e30",
        "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
        "eyJhbGciOiJSUzI1NiJ9.e30.AAAA.AAAA",
        "!" * 100,
        "A" * 20000,
        ("A" * 10000 + ".") * 2 + "A" * 10000,
    ],
    ids=lambda text: text[:24],
)
def test_what_is_no_token_is_refused(own, broken):
    refuse(own, broken)


def test_no_token_is_challenged(own):
    refuse(own, None)


def test_a_token_signed_by_anyone_else_is_refused(own, mint):
    genuine = mint(own)
    header, claims = jwt.get_unverified_header(genuine), jwt.decode(genuine, options={"verify_signature": False})
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    refuse(own, jwt.encode(claims, stranger, "RS256", {"kid": header["kid"]}))
    refuse(own, jwt.encode(claims, stranger, "RS256", {"kid": "unknown"}))
    refuse(own, jwt.encode(claims, stranger, "RS256"))


def test_a_token_with_a_changed_part_is_refused(own, mint):
    header, payload, signature = mint(own).split(".")

    refuse(own, ".".join((header, payload, signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB"))))
    refuse(own, ".".join((header, payload, "")))
    refuse(own, ".".join((header, payload[:-4] + "AAAA", signature)))
    refuse(own, ".".join((header, payload, signature, "")))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS256", "RS1", "ES256"])
def test_an_algorithm_that_proves_nothing_is_refused(own, mint, algorithm):
    genuine = mint(own)
    header = {**jwt.get_unverified_header(genuine), "alg": algorithm}
    payload = genuine.split(".")[1]

    for signature in ("", genuine.split(".")[2]):
        refuse(own, base64url_encode(json.dumps(header).encode()).decode() + f".{payload}.{signature}")


def test_the_public_key_is_no_shared_secret(own, mint):
    """HS256 with the published key as its secret: the classic confusion of verify keys."""
    genuine = mint(own)
    claims = jwt.decode(genuine, options={"verify_signature": False})
    public = signing_key_of(own).public_key()
    for encoding, form in (
        (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    ):
        secret = public.public_bytes(encoding, form)
        header = {"alg": "HS256", "typ": "JWT", "kid": jwt.get_unverified_header(genuine)["kid"]}
        signed = b".".join(base64url_encode(json.dumps(part).encode()) for part in (header, claims))
        mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed, secret)
        refuse(own, (signed + b"." + base64url_encode(mac)).decode())


def test_keys_that_a_token_brings_along_are_not_used(own, mint):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(mint(own), options={"verify_signature": False})
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(stranger.public_key()))

    refuse(own, jwt.encode(claims, stranger, "RS256", {"jwk": jwk}))
    refuse(own, jwt.encode(claims, stranger, "RS256", {"jku": f"{own.issuer.url}/keys", "kid": "issuer-key-1"}))


def test_a_token_of_the_trusted_workload_issuer_is_no_token_for_the_hsm(own):
    refuse(own, own.issuer.token(own.user.object_id, own.deployment.domain.resource))


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "bearer", "Bearer", "Bearer ", "Digest x", "\x7f", "Bearer  "])
def test_another_authorization_header_is_challenged(own, header):
    answer = own.anonymous().get("/keys", headers={"Authorization": header})

    assert answer.status_code in (400, 401)
