"""Secure wrap and secure unwrap, with an opener of its own: the wrapping keys are imported, so that what the HSM wraps
can be opened outside and compared with what it gives to an attested environment. No released SDK in use here has the
two calls; their bodies are those of the SDKs that do."""

import json
import secrets

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.keywrap import (
    aes_key_unwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

from harness.rest import b64u, unb64u

OAEP_256 = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
SECURE = ["secureWrapKey", "secureUnwrapKey"]
ALGORITHMS = {  # alg -> (bits of the wrapping key, how it opens)
    "A128KW": (128, aes_key_unwrap),
    "A192KW": (192, aes_key_unwrap),
    "A256KW": (256, aes_key_unwrap),
    "A128KWPAD": (128, aes_key_unwrap_with_padding),
    "A192KWPAD": (192, aes_key_unwrap_with_padding),
    "A256KWPAD": (256, aes_key_unwrap_with_padding),
    "CKM_AES_KEY_WRAP": (192, aes_key_unwrap),
    "CKM_AES_KEY_WRAP_PAD": (256, aes_key_unwrap_with_padding),
}


def policy_of(rig, **condition) -> dict:
    return {"data": b64u(json.dumps(rig.attestation.policy(**condition)).encode())}


def import_aes(rig, name: str, material: bytes, key_ops=SECURE, **parameters) -> str:
    key = {"kty": "oct-HSM", "k": b64u(material), "key_ops": key_ops}
    answer = rig.rest(rig.user).put(f"/keys/{name}", {"key": key, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()["key"]["kid"]


def secure_wrap(rig, name: str, alg: str):
    return rig.rest(rig.user).post(f"/keys/{name}/securewrapkey", {"alg": alg})


def secure_unwrap(rig, name: str, alg: str, value: str, target: str | None = None, **more):
    target = rig.attestation.token() if target is None else target
    body = {"alg": alg, "value": value, "target": target, **more}
    return rig.rest(rig.user).post(f"/keys/{name}/secureunwrapkey", body)


def opened_in_environment(rig, value: str) -> bytes:
    """What an attested environment does with its private key (the packaging of RSA_AES_KEY_WRAP_256)."""
    ciphertext = unb64u(value)
    aes_key = rig.attestation.encryption_key.decrypt(ciphertext[:256], OAEP_256)
    return aes_key_unwrap_with_padding(aes_key, ciphertext[256:])


def refusal(answer) -> tuple[int, str]:
    assert "value" not in answer.json()
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_the_environment_gets_the_key_that_was_wrapped(own, alg, name):
    bits, unwrap = ALGORITHMS[alg]
    material = secrets.token_bytes(bits // 8)
    kid = import_aes(own, name, material, release_policy=policy_of(own))

    wrapped = secure_wrap(own, name, alg)

    assert wrapped.status_code == 200, wrapped.text
    assert wrapped.json() == {"alg": alg, "kid": kid, "value": wrapped.json()["value"]}
    fresh = unwrap(material, unb64u(wrapped.json()["value"]))
    assert len(fresh) == 32
    answer = secure_unwrap(own, name, alg, wrapped.json()["value"])
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"alg": alg, "kid": kid, "value": answer.json()["value"]}
    assert opened_in_environment(own, answer.json()["value"]) == fresh
    assert secure_wrap(own, name, alg).json()["value"] != wrapped.json()["value"]


def test_an_rsa_key_wraps_too_and_what_was_wrapped_outside_opens(own, name):
    private = rsa.generate_private_key(65537, 2048)
    numbers, public = private.private_numbers(), private.public_key().public_numbers()
    members = {"n": public.n, "e": public.e, "d": numbers.d, "p": numbers.p, "q": numbers.q, "dp": numbers.dmp1,
               "dq": numbers.dmq1, "qi": numbers.iqmp}
    jwk = {member: b64u(value.to_bytes((value.bit_length() + 7) // 8, "big")) for member, value in members.items()}
    body = {"key": {"kty": "RSA-HSM", "key_ops": SECURE, **jwk}, "release_policy": policy_of(own)}
    assert own.rest(own.user).put(f"/keys/{name}", body).status_code == 200

    value = secure_wrap(own, name, "RSA-OAEP-256").json()["value"]

    answer = secure_unwrap(own, name, "RSA-OAEP-256", value)
    assert opened_in_environment(own, answer.json()["value"]) == private.decrypt(unb64u(value), OAEP_256)
    outside = private.public_key().encrypt(bytes(range(32)), OAEP_256)
    answer = secure_unwrap(own, name, "RSA-OAEP-256", b64u(outside))
    assert opened_in_environment(own, answer.json()["value"]) == bytes(range(32))
    assert refusal(secure_wrap(own, name, "RSA-OAEP")) == (400, "BadParameter")


def test_the_keys_that_released_sdks_make(own, name):
    """As their samples do: the two operations, a policy, not exportable."""
    rest = own.rest(own.user)
    made = rest.create_key(name, kty="RSA-HSM", key_size=2048, key_ops=SECURE, release_policy=policy_of(own))
    assert made["key"]["key_ops"] == SECURE
    assert made["attributes"]["exportable"] is False
    assert json.loads(unb64u(made["release_policy"]["data"])) == own.attestation.policy()

    value = secure_wrap(own, name, "RSA-OAEP-256").json()["value"]
    answer = secure_unwrap(own, name, "RSA-OAEP-256", value)

    assert len(opened_in_environment(own, answer.json()["value"])) == 32
    assert refusal(rest.post(f"/keys/{name}/release", {"target": own.attestation.token()})) == (403, "Forbidden")
    plain = {"alg": "RSA-OAEP-256", "value": value}
    assert refusal(rest.post(f"/keys/{name}/unwrapkey", plain)) == (403, "Forbidden")
    wider = rest.patch(f"/keys/{name}/", {"key_ops": [*SECURE, "unwrapKey"]})
    assert refusal(wider) == (403, "Forbidden"), "else it were a way around the policy"


def test_an_ordinary_wrapping_key_opens_for_any_attested_environment(own, name):
    """As it opens in the clear for whoever may use it (unconfirmed)."""
    rest = own.rest(own.user)
    rest.create_key(name, kty="oct-HSM", key_size=256)

    value = secure_wrap(own, name, "A256KW").json()["value"]
    answer = secure_unwrap(own, name, "A256KW", value, own.attestation.token(without=("sdk-test",)))

    in_the_clear = rest.post(f"/keys/{name}/unwrapkey", {"alg": "A256KW", "value": value}).json()["value"]
    assert opened_in_environment(own, answer.json()["value"]) == unb64u(in_the_clear)


def test_nothing_opens_without_a_true_token(own, name):
    authority = own.attestation
    material = secrets.token_bytes(32)
    import_aes(own, name, material, release_policy=policy_of(own))
    value = b64u(aes_key_wrap_with_padding(material, b"something else"))
    tokens = {
        "expired": authority.token(lifetime_s=-120),
        "another issuer": authority.token({"iss": "https://login.localhost/"}),
        "another claim": authority.token({"sdk-test": False}),
        "without a key": authority.token(without=("x-ms-runtime",)),
        "another kid": authority.token(headers={"kid": "unknown"}),
    }

    for what, target in tokens.items():
        assert refusal(secure_unwrap(own, name, "A256KWPAD", value, target)) == (403, "Forbidden"), what
    for noise in ("token", "a.b.c", "A" * 50_000, ""):
        assert refusal(secure_unwrap(own, name, "A256KWPAD", value, noise)) == (400, "BadParameter")
    answer = secure_unwrap(own, name, "A256KWPAD", value)
    assert opened_in_environment(own, answer.json()["value"]) == b"something else"
    changed = b64u(aes_key_wrap_with_padding(secrets.token_bytes(32), b"something else"))
    assert refusal(secure_unwrap(own, name, "A256KWPAD", changed)) == (400, "BadParameter")


def test_the_callers_trusted_issuer_must_be_the_tokens(own, name):
    import_aes(own, name, secrets.token_bytes(32), release_policy=policy_of(own))
    value = secure_wrap(own, name, "A256KW").json()["value"]

    trusted = secure_unwrap(own, name, "A256KW", value, applicationTrustedIssuer=own.attestation.url)
    other = secure_unwrap(own, name, "A256KW", value, applicationTrustedIssuer="https://other.example")

    assert trusted.status_code == 200, trusted.text
    assert refusal(other) == (403, "Forbidden")


def test_key_ops_and_algorithms_are_kept(own, name):
    import_aes(own, name, secrets.token_bytes(32), key_ops=["encrypt", "decrypt"])
    assert refusal(secure_wrap(own, name, "A256KW")) == (403, "Forbidden")
    assert refusal(secure_unwrap(own, name, "A256KW", "AAAA")) == (403, "Forbidden")

    import_aes(own, name, secrets.token_bytes(32))  # without a policy
    value = secure_wrap(own, name, "A256KW").json()["value"]
    assert refusal(secure_unwrap(own, name, "A256KW", value)) == (403, "Forbidden")
    for alg in ("A128KW", "A192KWPAD", "RSA-OAEP-256", "A256GCM", "A256KWP"):
        assert refusal(secure_wrap(own, name, alg)) == (400, "BadParameter"), alg
    ordinary = own.rest(own.user).post(f"/keys/{name}/wrapkey", {"alg": "A256KWPAD", "value": value})
    assert refusal(ordinary) == (400, "BadParameter"), "a name of secure wrap alone"


def test_both_need_the_rights_of_wrap_and_unwrap_and_leave_records(own, name):
    kid = import_aes(own, name, secrets.token_bytes(32), release_policy=policy_of(own))
    wrapped = secure_wrap(own, name, "A256KW")
    target = own.attestation.token({"secret": secrets.token_hex(16)})
    opened = secure_unwrap(own, name, "A256KW", wrapped.json()["value"], target)
    outsider = own.rest(own.outsider)

    for operation, right in (("securewrapkey", "wrap"), ("secureunwrapkey", "unwrap")):
        refused = outsider.post(f"/keys/{name}/{operation}", {"alg": "A256KW"})
        assert refused.status_code == 403
        assert f"keys/{right}/action on /keys/{name}" in refused.json()["error"]["message"]
    lines = [line for log in sorted(own.server.data.rglob("audit-*.jsonl")) for line in log.read_text().splitlines()]
    records = {record.get("correlationId"): record for record in map(json.loads, lines)}
    for answer, operation in ((wrapped, "KeySecureWrap"), (opened, "KeySecureUnwrap")):
        record = records[answer.headers["x-ms-request-id"]]
        assert record["operationName"] == operation
        assert kid in json.dumps(record["properties"]) and "A256KW" in json.dumps(record["properties"])
    assert target.split(".")[1] not in "".join(lines)  # no token in any log
