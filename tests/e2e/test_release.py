"""Secure key release through the released Python SDK, and an opener of its own: nothing here shares code with the
server. The attestation authority's keys are pinned (tests/harness/rig.py)."""

import base64
import json
import secrets
import time

import jwt
import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.keys import JsonWebKey, KeyReleasePolicy
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_unwrap_with_padding

from harness import roles, security_domain
from harness.applications import Application, self_signed, write_pem
from harness.attestation_authority import AttestationAuthority
from harness.deployment import Deployment, Domain
from harness.rest import Rest, b64u, token, unb64u
from harness.server import Strongroomd

DIGESTS = {
    "CKM_RSA_AES_KEY_WRAP": hashes.SHA1,
    "RSA_AES_KEY_WRAP_256": hashes.SHA256,
    "RSA_AES_KEY_WRAP_384": hashes.SHA384,
}


def policy_of(rig, immutable: bool | None = None, **condition) -> KeyReleasePolicy:
    document = rig.attestation.policy(**condition)
    return KeyReleasePolicy(json.dumps(document).encode(), immutable=immutable)


def verified(rig, answer: str) -> dict:
    """The payload of a release's answer, checked as a receiver does: the chain up to the CA, the names, the signature."""
    header = jwt.get_unverified_header(answer)
    leaf, *rest = [x509.load_der_x509_certificate(base64.b64decode(der)) for der in header["x5c"]]
    assert sorted(header) == ["alg", "kid", "x5c", "x5t#S256"] and header["alg"] == "RS256"
    assert header["kid"] == header["x5t#S256"] == b64u(leaf.fingerprint(hashes.SHA256()))
    ca = x509.load_pem_x509_certificate(open(rig.server.ca, "rb").read())
    assert rest[-1] == ca
    leaf.verify_directly_issued_by(ca)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    host = rig.url.removeprefix("https://").split(":")[0]
    assert host in names.get_values_for_type(x509.DNSName)
    return jwt.decode(answer, leaf.public_key(), algorithms=["RS256"])


def opened(rig, answer: str, enc: str = "CKM_RSA_AES_KEY_WRAP") -> bytes:
    """The key inside: what an attested environment does with its private key (§3.5)."""
    payload = verified(rig, answer)
    assert payload["request"]["enc"] == enc
    key_hsm = json.loads(unb64u(payload["response"]["key"]["key"]["key_hsm"]))
    assert key_hsm["header"] == {"alg": "dir", "enc": enc, "kid": "fake-release-key"}
    assert key_hsm["schema_version"] == "1.0"
    ciphertext, digest = unb64u(key_hsm["ciphertext"]), DIGESTS[enc]()
    oaep = padding.OAEP(padding.MGF1(digest), digest, None)
    aes_key = rig.attestation.encryption_key.decrypt(ciphertext[:256], oaep)
    assert len(aes_key) == 32
    return aes_key_unwrap_with_padding(aes_key, ciphertext[256:])


@pytest.mark.parametrize("enc", DIGESTS)
@pytest.mark.parametrize("kind", ["RSA", "P-256", "P-384", "P-521", "P-256K", "Ed25519", "oct"])
def test_a_released_key_is_the_key(own, kind, enc, name):
    rest = own.rest(own.user)
    parameters = {"RSA": {"kty": "RSA-HSM", "key_size": 2048}, "oct": {"kty": "oct-HSM", "key_size": 256},
                  "Ed25519": {"kty": "OKP-HSM", "crv": "Ed25519"}}
    made = rest.create_key(
        name, **parameters.get(kind, {"kty": "EC-HSM", "crv": kind}), attributes={"exportable": True},
        release_policy={"data": b64u(json.dumps(own.attestation.policy()).encode())},
    )

    answer = rest.post(f"/keys/{name}/release", {"target": own.attestation.token(), "enc": enc})

    assert answer.status_code == 200, answer.text
    material = opened(own, answer.json()["value"], enc)
    if kind == "oct":
        sealed = rest.post(f"/keys/{name}/wrapkey", {"alg": "A256KW", "value": b64u(bytes(16))}).json()["value"]
        assert aes_key_unwrap(material, unb64u(sealed)) == bytes(16)
        return
    key = serialization.load_der_private_key(material, None)
    if kind == "Ed25519":
        assert key.public_key().public_bytes_raw() == unb64u(made["key"]["x"])
        return
    numbers = key.public_key().public_numbers()
    first = numbers.n if isinstance(key, rsa.RSAPrivateKey) else numbers.x
    assert first == int.from_bytes(unb64u(made["key"].get("n") or made["key"]["x"]), "big")
    assert isinstance(key, rsa.RSAPrivateKey if kind == "RSA" else ec.EllipticCurvePrivateKey)


def test_create_and_release(rig, keys, name):
    key = keys.create_rsa_key(name, hardware_protected=True, exportable=True, release_policy=policy_of(rig))
    assert key.properties.exportable
    assert key.properties.release_policy.encoded_policy

    answer = keys.release_key(name, rig.attestation.token())

    payload = verified(rig, answer.value)
    released = payload["response"]["key"]
    assert released["key"]["kid"] == key.id
    assert released["key"]["kty"] == "RSA"
    assert released["attributes"]["exportable"] is True
    assert json.loads(unb64u(released["release_policy"]["data"])) == rig.attestation.policy()
    assert payload["request"]["kid"] == f"{rig.url}/keys/{name}"
    assert opened(rig, answer.value)


def test_import_and_release(rig, keys, name):
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.private_numbers()
    number = lambda value: value.to_bytes((value.bit_length() + 7) // 8, "big")  # noqa: E731
    jwk = JsonWebKey(
        kty="RSA-HSM", key_ops=["encrypt", "decrypt"], n=number(numbers.public_numbers.n), e=number(65537),
        d=number(numbers.d), p=number(numbers.p), q=number(numbers.q), dp=number(numbers.dmp1),
        dq=number(numbers.dmq1), qi=number(numbers.iqmp),
    )
    keys.import_key(name, jwk, hardware_protected=True, exportable=True, release_policy=policy_of(rig))

    answer = keys.release_key(name, rig.attestation.token(), algorithm="RSA_AES_KEY_WRAP_256", nonce="n-0")

    assert verified(rig, answer.value)["request"]["nonce"] == "n-0"
    material = opened(rig, answer.value, "RSA_AES_KEY_WRAP_256")
    assert serialization.load_der_private_key(material, None).private_numbers() == numbers


def test_a_changed_policy_counts(rig, keys, name):
    keys.create_ec_key(name, hardware_protected=True, exportable=True, release_policy=policy_of(rig, equals=False))
    with pytest.raises(HttpResponseError) as refused:
        keys.release_key(name, rig.attestation.token())
    assert refused.value.status_code == 403
    assert "Target environment attestation statement cannot be verified." in refused.value.message

    updated = keys.update_key_properties(name, release_policy=policy_of(rig))

    assert json.loads(updated.properties.release_policy.encoded_policy) == rig.attestation.policy()
    assert opened(rig, keys.release_key(name, rig.attestation.token()).value)


def test_an_immutable_policy_stays(rig, keys, name):
    keys.create_ec_key(name, hardware_protected=True, exportable=True, release_policy=policy_of(rig))
    locked = keys.update_key_properties(name, release_policy=policy_of(rig, immutable=True))
    assert locked.properties.release_policy.immutable

    with pytest.raises(HttpResponseError) as refused:
        keys.update_key_properties(name, release_policy=policy_of(rig, immutable=True, equals=False))

    assert (refused.value.status_code, refused.value.error.code) == (400, "BadParameter")
    assert "Immutable Key Release Policy cannot be modified." in refused.value.message
    assert keys.update_key_properties(name, tags={"a": "1"}).properties.tags == {"a": "1"}
    assert opened(rig, keys.release_key(name, rig.attestation.token()).value)


def test_exportable_and_policy_come_together(rig, keys, name):
    with pytest.raises(HttpResponseError) as refused:
        keys.create_rsa_key(name, hardware_protected=True, exportable=True)
    assert "Exportable keys must have release policy" in refused.value.message
    with pytest.raises(HttpResponseError) as refused:
        keys.create_rsa_key(name, hardware_protected=True, release_policy=policy_of(rig))
    assert "Non-exportable keys must not have release policy" in refused.value.message


def test_a_key_that_is_not_exportable_never_leaves(rig, keys, name):
    keys.create_ec_key(name)

    with pytest.raises(HttpResponseError) as refused:
        keys.release_key(name, rig.attestation.token())
    assert refused.value.status_code == 403
    with pytest.raises(HttpResponseError) as refused:
        keys.update_key_properties(name, release_policy=policy_of(rig))
    assert "Non-exportable keys must not have release policy" in refused.value.message
    with pytest.raises(ResourceNotFoundError):
        keys.release_key(f"{name}-unknown", rig.attestation.token())


def test_later_versions_are_exportable_as_the_first(rig, keys, name):
    keys.create_ec_key(name, hardware_protected=True, exportable=True, release_policy=policy_of(rig))

    later = keys.create_ec_key(name, hardware_protected=True)

    assert later.properties.exportable
    first = verified(rig, keys.release_key(name, rig.attestation.token()).value)
    assert first["response"]["key"]["key"]["kid"] == later.id


def test_a_disabled_key_stays_and_an_expired_one_goes(own, name):
    rest = own.rest(own.user)
    target = {"target": own.attestation.token()}
    policy = {"data": b64u(json.dumps(own.attestation.policy()).encode())}
    rest.create_key(name, kty="EC-HSM", attributes={"exportable": True, "exp": 1000}, release_policy=policy)
    assert rest.post(f"/keys/{name}/release", target).status_code == 200

    rest.patch(f"/keys/{name}/", {"attributes": {"enabled": False}})

    refused = rest.post(f"/keys/{name}/release", target)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Forbidden")


def test_only_a_true_token_opens_anything(own, name):
    rest, authority = own.rest(own.user), own.attestation
    policy = {"data": b64u(json.dumps(authority.policy()).encode())}
    rest.create_key(name, kty="EC-HSM", attributes={"exportable": True}, release_policy=policy)
    forger = rsa.generate_private_key(65537, 2048)
    small = rsa.generate_private_key(65537, 1024)
    forged = jwt.encode(
        jwt.decode(authority.token(), options={"verify_signature": False}), forger, algorithm="RS256",
        headers=jwt.get_unverified_header(authority.token()),
    )
    tokens = {
        "forged": forged,
        "expired": authority.token(lifetime_s=-600),
        "without expiry": authority.token(without=("exp",)),
        "of tomorrow": authority.token({"nbf": int(time.time()) + 86_400}),
        "another issuer": authority.token({"iss": "https://login.localhost/"}),
        "another claim": authority.token({"sdk-test": "yes"}),
        "without the claim": authority.token(without=("sdk-test",)),
        "without a key": authority.token(without=("x-ms-runtime",)),
        "a key of 1024 bits": authority.token(encryption_jwk=authority.encryption_jwk(small.public_key())),
        "another kid": authority.token(headers={"kid": "unknown"}),
    }

    for what, target in tokens.items():
        refused = rest.post(f"/keys/{name}/release", {"target": target})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "Forbidden"), what
        assert refused.json()["error"]["message"].startswith(
            "Target environment attestation statement cannot be verified."
        ), what
    for noise in ("token", "a.b.c", "e30.e30.", "A" * 50_000):
        assert rest.post(f"/keys/{name}/release", {"target": noise}).status_code == 400
    assert rest.post(f"/keys/{name}/release", {"target": authority.token()}).status_code == 200


def test_a_version_can_be_named_and_the_answer_says_what_was_asked(own, name):
    rest = own.rest(own.user)
    policy = {"data": b64u(json.dumps(own.attestation.policy()).encode())}
    made = rest.create_key(name, kty="EC-HSM", attributes={"exportable": True}, release_policy=policy)
    path = made["key"]["kid"].removeprefix(own.url)

    answer = rest.post(f"{path}/release", {"target": own.attestation.token()}, params={"api-version": "7.3"})

    request = verified(own, answer.json()["value"])["request"]
    assert request == {"api-version": "7.3", "enc": "CKM_RSA_AES_KEY_WRAP", "kid": made["key"]["kid"]}


def test_a_restored_key_keeps_its_policy(own, name):
    rest = own.rest(own.user)
    policy = {"data": b64u(json.dumps(own.attestation.policy()).encode()), "immutable": True}
    made = rest.create_key(name, kty="EC-HSM", attributes={"exportable": True}, release_policy=policy)
    value = rest.post(f"/keys/{name}/backup").json()["value"]
    rest.delete(f"/keys/{name}")
    rest.delete(f"/deletedkeys/{name}")

    restored = rest.post("/keys/restore", {"value": value}).json()

    assert restored["release_policy"] == made["release_policy"]
    assert restored["release_policy"]["immutable"] is True
    assert rest.post(f"/keys/{name}/release", {"target": own.attestation.token()}).status_code == 200


def test_releasing_needs_a_right_of_its_own_and_leaves_a_record(own, name):
    policy = {"data": b64u(json.dumps(own.attestation.policy()).encode())}
    made = own.rest(own.user).create_key(name, kty="EC-HSM", attributes={"exportable": True}, release_policy=policy)
    target = {"target": own.attestation.token({"secret": secrets.token_hex(16)})}

    refused = own.rest(own.outsider).post(f"/keys/{name}/release", target)
    released = own.rest(own.user).post(f"/keys/{name}/release", target)

    assert refused.status_code == 403
    assert f"keys/release/action on /keys/{name}" in refused.json()["error"]["message"]
    lines = [line for log in sorted(own.server.data.rglob("audit-*.jsonl")) for line in log.read_text().splitlines()]
    records = {record.get("correlationId"): record for record in map(json.loads, lines)}
    record = records[released.headers["x-ms-request-id"]]
    assert record["operationName"] == "KeyRelease"
    assert made["key"]["kid"] in json.dumps(record["properties"])
    assert target["target"].split(".")[1] not in "".join(lines)  # no token in any log


@pytest.fixture
def configured(tmp_path):
    """An HSM that signs releases with a certificate of the operator's, its authority, and a caller who may do
    everything."""
    authority = AttestationAuthority(tmp_path / "attestation")
    key, certificate = self_signed("release signer")
    pem = str(write_pem(tmp_path / "signer.pem", key, certificate))
    administrator = Application("administrator")
    server = Strongroomd(
        Deployment(
            Domain("managedhsm.localhost", "login.localhost", 9784), administrator=administrator,
            release_certificate={"certificate": pem, "private_key": pem},
            attestation_authorities=[authority.pinned_in(tmp_path / "keys.json")],
        ),
        tmp_path / "hsm",
    ).start()
    try:
        rest = Rest(server.deployment.url, server.ca, token(server.deployment, server.ca, administrator))
        security_domain.activate(rest)
        for role in (roles.CRYPTO_USER, roles.CRYPTO_OFFICER):
            roles.grant(rest, administrator.object_id, role)
        yield rest, authority, certificate
    finally:
        server.stop()
        authority.close()


def test_the_signing_certificate_can_be_configured(configured, name):
    rest, authority, certificate = configured
    policy = {"data": b64u(json.dumps(authority.policy()).encode())}
    rest.create_key(name, kty="EC-HSM", attributes={"exportable": True}, release_policy=policy)

    value = rest.post(f"/keys/{name}/release", {"target": authority.token()}).json()["value"]

    assert len(jwt.get_unverified_header(value)["x5c"]) == 1
    assert jwt.decode(value, certificate.public_key(), algorithms=["RS256"])["response"]["key"]["key"]["key_hsm"]
