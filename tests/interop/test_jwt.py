"""Tokens signed inside the HSM are verified by a JWT library with the key as the HSM publishes it."""

import hashlib
import json

import jwt
import pytest
from jwt.utils import base64url_encode

from harness.rest import b64u

KEYS = {
    "RS256": {"kty": "RSA-HSM"},
    "PS384": {"kty": "RSA-HSM", "key_size": 3072},
    "ES256": {"kty": "EC-HSM", "crv": "P-256"},
    "ES384": {"kty": "EC-HSM", "crv": "P-384"},
    "ES512": {"kty": "EC-HSM", "crv": "P-521"},
    "ES256K": {"kty": "EC-HSM", "crv": "P-256K"},
}
# Where the HSM's names for a key differ from those of RFC 7517 and RFC 8812.
STANDARD_NAMES = {"RSA-HSM": "RSA", "EC-HSM": "EC", "P-256K": "secp256k1"}


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_signed_by_the_hsm_verifies(own, name, algorithm):
    rest = own.rest(own.user)
    key = rest.create_key(name, **KEYS[algorithm])["key"]
    signed = b".".join(
        base64url_encode(json.dumps(part).encode())
        for part in ({"alg": algorithm, "typ": "JWT"}, {"sub": "alice", "aud": "payroll"})
    )
    digest = hashlib.new("sha" + algorithm[2:5], signed).digest()

    signature = rest.post(f"/keys/{name}/sign", {"alg": algorithm, "value": b64u(digest)}).json()["value"]

    standard = {member: STANDARD_NAMES.get(key[member], key[member]) for member in key if member in "kty crv n e x y".split()}
    claims = jwt.decode(
        signed.decode() + "." + signature, jwt.PyJWK(standard, algorithm), algorithms=[algorithm], audience="payroll"
    )
    assert claims["sub"] == "alice"
