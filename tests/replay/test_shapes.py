"""The shapes that clients rely on, stated by ourselves from the reference: what is left of the replay where the
recordings are absent. Each row is a request and the exact members of its answer."""

import secrets
from dataclasses import dataclass, field

import pytest

from harness import roles

ATTRIBUTES = {"created", "enabled", "exportable", "recoverableDays", "recoveryLevel", "updated"}
KEY = f"shape-{secrets.token_hex(4)}"
RSA = {"attributes": ATTRIBUTES, "key": {"e", "key_ops", "kid", "kty", "n"}}
EC = {"attributes": ATTRIBUTES, "key": {"crv", "key_ops", "kid", "kty", "x", "y"}}
OCT = {"attributes": ATTRIBUTES, "key": {"key_ops", "kid", "kty"}}
ERROR = {"error": {"code", "message"}}
RBAC = "/providers/Microsoft.Authorization"


@dataclass
class Row:
    method: str
    path: str
    body: dict | None = None
    status: int = 200
    shape: dict = field(default_factory=dict)


ROWS = [  # in order: later rows use what earlier ones made
    Row("POST", f"/keys/{KEY}/create", {"kty": "RSA"}, 200, RSA),
    Row("POST", f"/keys/{KEY}-ec/create", {"kty": "EC", "tags": {"a": "b"}}, 200, {**EC, "tags": {"a"}}),
    Row("POST", f"/keys/{KEY}-oct/create", {"kty": "oct", "key_size": 256}, 200, OCT),
    Row("GET", f"/keys/{KEY}/", None, 200, RSA),
    Row("PATCH", f"/keys/{KEY}/", {"attributes": {"exp": 4102444800}}, 200, {**RSA, "attributes": ATTRIBUTES | {"exp"}}),
    Row("POST", f"/keys/{KEY}/sign", {"alg": "RS256", "value": "A" * 43}, 200, {"alg": None, "kid": None, "value": None}),
    Row("POST", f"/keys/{KEY}/encrypt", {"alg": "RSA-OAEP", "value": "YQ"}, 200, {"alg": None, "kid": None, "value": None}),
    Row(
        "POST", f"/keys/{KEY}-oct/encrypt", {"alg": "A256GCM", "value": "YQ", "aad": "YQ"}, 200,
        {"aad": None, "alg": None, "iv": None, "kid": None, "tag": None, "value": None},
    ),
    Row("POST", f"/keys/{KEY}/verify", {"alg": "RS256", "digest": "A" * 43, "value": "AA"}, 200, {"value": None}),
    Row("POST", "/rng", {"count": 4}, 200, {"value": None}),
    Row("GET", f"/keys/{KEY}/versions", None, 200, {"value": None}),
    Row("POST", f"/keys/{KEY}-ec/rotate", None, 400, ERROR),  # without a policy
    Row("GET", f"/keys/{KEY}-ec/rotationpolicy", None, 200, {"attributes": set(), "id": None, "lifetimeActions": None}),
    Row("PUT", f"/keys/{KEY}-ec/rotationpolicy", {"attributes": {"expiryTime": "P90D"}}, 200,
        {"attributes": {"created", "expiryTime", "updated"}, "id": None, "lifetimeActions": None}),
    Row("POST", f"/keys/{KEY}-ec/rotate", None, 200, {**EC, "attributes": ATTRIBUTES | {"exp"}, "tags": {"a"}}),
    Row("GET", f"/keys/{KEY}/attestation", None, 200, {**RSA, "attributes": ATTRIBUTES | {"attestation", "exp"}}),
    Row("GET", f"/keys/{KEY}-none/attestation", None, 404, ERROR),
    Row("GET", f"/keys/{KEY}-none", None, 404, ERROR),
    Row("POST", "/rng", {"count": 129}, 400, ERROR),
    Row("POST", f"/keys/{KEY}/create", {"kty": "DSA"}, 400, ERROR),
    Row("GET", f"{RBAC}/roleAssignments", None, 200, {"value": None}),
    Row("GET", f"{RBAC}/roleDefinitions/{roles.CRYPTO_USER}", None, 200,
        {"id": None, "name": None, "type": None,
         "properties": {"assignableScopes", "description", "permissions", "roleName", "type"}}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path.replace(KEY, 'k')} {row.status}")
def test_an_answer_has_exactly_these_members(own, row):
    answer = own.rest(own.user).request(row.method, row.path, row.body)

    assert answer.status_code == row.status, answer.text
    body = answer.json()
    assert body.keys() == row.shape.keys()
    for member, members in row.shape.items():
        if members is not None and isinstance(body[member], dict):
            assert body[member].keys() == members, member
