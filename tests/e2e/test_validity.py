"""Enabled, not-before, expiry and permitted operations: what a key refuses, and what it still does."""

import hashlib
from datetime import datetime, timedelta, timezone

import pytest
from azure.core.exceptions import HttpResponseError

from harness.rest import b64u

DIGEST = hashlib.sha256(b"text").digest()
NOW = datetime.now(timezone.utc)


def refusal(call, *arguments):
    with pytest.raises(HttpResponseError) as refused:
        call(*arguments)
    return refused.value.status_code


def test_an_expired_key_signs_no_more_but_still_verifies_and_decrypts(keys, cryptography_of, rig, name):
    key = keys.create_rsa_key(name, size=2048)
    client = cryptography_of(key.id)
    signature = client.sign("RS256", DIGEST).signature
    ciphertext = client.encrypt("RSA-OAEP-256", b"old letter").ciphertext

    keys.update_key_properties(name, expires_on=NOW - timedelta(days=1))

    rest = rig.rest(rig.user)
    assert refusal(client.sign, "RS256", DIGEST) == 403
    for operation in ("encrypt", "wrapkey"):
        answer = rest.post(f"/keys/{name}/{operation}", {"alg": "RSA-OAEP", "value": b64u(DIGEST)})
        assert answer.status_code == 403, operation
    assert client.decrypt("RSA-OAEP-256", ciphertext).plaintext == b"old letter"
    body = {"alg": "RS256", "digest": b64u(DIGEST), "value": b64u(signature)}
    assert rest.post(f"/keys/{name}/verify", body).json() == {"value": True}


def test_a_key_of_tomorrow_signs_tomorrow(keys, cryptography_of, name):
    key = keys.create_ec_key(name, not_before=NOW + timedelta(days=1))

    assert refusal(cryptography_of(key.id).sign, "ES256", DIGEST) == 403
    keys.update_key_properties(name, not_before=NOW - timedelta(days=1))
    assert cryptography_of(key.id).sign("ES256", DIGEST).signature


def test_a_disabled_key_does_nothing_until_it_is_enabled(keys, cryptography_of, name):
    key = keys.create_ec_key(name, enabled=False)

    assert refusal(cryptography_of(key.id).sign, "ES256", DIGEST) == 403
    assert keys.get_key(name).properties.enabled is False
    keys.update_key_properties(name, enabled=True)
    assert cryptography_of(key.id).sign("ES256", DIGEST).signature


def test_only_the_operations_that_the_key_was_given_are_done(keys, rig, name):
    keys.create_rsa_key(name, size=2048, key_operations=["verify"])

    for operation, algorithm in (("sign", "RS256"), ("decrypt", "RSA-OAEP"), ("unwrapkey", "RSA-OAEP")):
        answer = rig.rest(rig.user).post(f"/keys/{name}/{operation}", {"alg": algorithm, "value": b64u(DIGEST)})
        assert answer.status_code == 403, operation


def test_disabling_a_version_is_felt_by_the_next_request(own, name):
    rest = own.rest(own.user)
    rest.create_key(name, kty="EC-HSM")
    body = {"alg": "ES256", "value": b64u(DIGEST)}
    for enabled in (True, False) * 20:
        rest.patch(f"/keys/{name}", {"attributes": {"enabled": enabled}})
        assert rest.post(f"/keys/{name}/sign", body).status_code == (200 if enabled else 403)
