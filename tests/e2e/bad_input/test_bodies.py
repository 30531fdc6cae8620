"""Every member of every body: missing, of a wrong type, too long, not base64url. One table of the bodies we read; the
faults follow from a member's type. Each fault is a 400 BadParameter that says which member is meant."""

import copy
import json
from dataclasses import dataclass, field

import pytest

from harness import roles
from harness.fips import PROVIDER
from harness.rest import b64u
from harness.rigs import rig_named
from harness.security_domain import Holder

TOO_LONG = "A" * 600_000

# What is wrong for each type. Null counts as absent (SDKs send it for options not given).
FAULTS = {
    "text": [5, True, [], {}, 1.5],
    "bytes": ["not base64url!", "=", "A", 5, True, [], {}, "é", TOO_LONG],
    "integer": ["5", 1.5, True, [], {}, 2**63, -(2**63) - 1, 1e300],
    "boolean": ["true", 1, 0, [], {}],
    "object": ["x", 5, True, []],
    "array": ["x", 5, True, {}],
}


@dataclass
class Body:
    """A request with a good body, and the type of each member ("a.b" is b inside of a)."""

    what: str
    method: str
    path: str
    good: dict
    members: dict[str, str]
    required: list[str] = field(default_factory=list)
    caller: str = "user"
    needs_provider: bool = False  # of ML-DSA


ROLE_BODY = {"properties": {"roleDefinitionId": roles.definition_id(roles.CRYPTO_USER), "principalId": "someone"}}
DIGEST = "A" * 43
CONDITION = {"claim": "a", "equals": 1}
POLICY = b64u(json.dumps({"version": "1.0.0", "anyOf": [{"authority": "https://a/", "allOf": [CONDITION]}]}).encode())
WRAP = {"operation": "wrapKey", "alg": "A256KW", "value": DIGEST}

BODIES = [
    Body(
        "create", "POST", "/keys/bad-input/create",
        {"kty": "RSA", "key_size": 2048, "key_ops": ["sign"], "crv": "P-256", "public_exponent": 65537,
         "attributes": {"enabled": True, "nbf": 1, "exp": 4102444800, "exportable": False}, "tags": {"a": "b"}},
        {"kty": "text", "key_size": "integer", "key_ops": "array", "public_exponent": "integer", "attributes": "object",
         "attributes.enabled": "boolean", "attributes.nbf": "integer", "attributes.exp": "integer",
         "attributes.exportable": "boolean", "tags": "object", "tags.a": "text"},
        ["kty"],
    ),
    Body(
        "update", "PATCH", "/keys/good-key/",
        {"key_ops": ["sign", "verify"], "attributes": {"enabled": True, "nbf": 1, "exp": 4102444800}, "tags": {"a": "b"}},
        {"key_ops": "array", "attributes": "object", "attributes.enabled": "boolean", "attributes.nbf": "integer",
         "attributes.exp": "integer", "tags": "object", "tags.a": "text"},
    ),
    Body("sign", "POST", "/keys/good-key/sign", {"alg": "ES256", "value": DIGEST},
         {"alg": "text", "value": "bytes"}, ["alg", "value"]),
    Body("verify", "POST", "/keys/good-key/verify", {"alg": "ES256", "digest": DIGEST, "value": "AA"},
         {"alg": "text", "digest": "bytes", "value": "bytes"}, ["alg", "digest", "value"]),
    Body("create ML-DSA", "POST", "/keys/bad-input/create", {"kty": "AKP", "alg": "ML-DSA-44"}, {"alg": "text"}, ["alg"]),
    Body("import ML-DSA", "PUT", "/keys/bad-input", {"key": {"kty": "AKP", "alg": "ML-DSA-44", "priv": DIGEST, "pub": "AA"}},
         {"key": "object", "key.kty": "text", "key.alg": "text", "key.priv": "bytes", "key.pub": "bytes"},
         ["key", "key.kty", "key.alg"]),
    Body("sign ML-DSA", "POST", "/keys/good-akp/sign", {"value": "YQ", "context": "YQ"},
         {"alg": "text", "value": "bytes", "context": "bytes", "external_mu": "bytes"}, ["value"], needs_provider=True),
    Body("verify ML-DSA", "POST", "/keys/good-akp/verify", {"digest": "YQ", "context": "YQ", "value": "YQ"},
         {"alg": "text", "digest": "bytes", "context": "bytes", "value": "bytes", "external_mu": "bytes"},
         ["digest", "value"], needs_provider=True),
    Body("encrypt", "POST", "/keys/good-rsa/encrypt", {"alg": "RSA-OAEP", "value": "YQ"},
         {"alg": "text", "value": "bytes"}, ["alg", "value"]),
    Body("decrypt", "POST", "/keys/good-rsa/decrypt", {"alg": "RSA-OAEP", "value": "YQ"},
         {"alg": "text", "value": "bytes"}, ["alg", "value"]),
    Body("wrap", "POST", "/keys/good-oct/wrapkey", {"alg": "A256KW", "value": DIGEST},
         {"alg": "text", "value": "bytes"}, ["alg", "value"]),
    Body("unwrap", "POST", "/keys/good-oct/unwrapkey", {"alg": "A256KW", "value": DIGEST},
         {"alg": "text", "value": "bytes"}, ["alg", "value"]),
    Body("encrypt with cbc", "POST", "/keys/good-oct/encrypt", {"alg": "A256CBC", "value": "YQ", "iv": "A" * 22},
         {"alg": "text", "value": "bytes", "iv": "bytes"}, ["alg", "value", "iv"]),
    Body(
        "decrypt with gcm", "POST", "/keys/good-oct/decrypt",
        {"alg": "A256GCM", "value": "YQ", "iv": "A" * 16, "tag": "A" * 22, "aad": "YQ"},
        {"alg": "text", "value": "bytes", "iv": "bytes", "tag": "bytes", "aad": "bytes"},
        ["alg", "value", "iv", "tag"],
    ),
    Body(
        "rotation policy", "PUT", "/keys/good-key/rotationpolicy",
        {"lifetimeActions": [], "attributes": {"expiryTime": "P90D"}},
        {"lifetimeActions": "array", "attributes": "object", "attributes.expiryTime": "text"},
    ),
    Body(
        "create exportable", "POST", "/keys/bad-input/create",
        {"kty": "EC", "attributes": {"exportable": True},
         "release_policy": {"data": POLICY, "immutable": False, "contentType": "application/json"}},
        {"release_policy": "object", "release_policy.data": "bytes", "release_policy.immutable": "boolean",
         "release_policy.contentType": "text"},
        ["release_policy", "release_policy.data"],
    ),
    Body(
        "change of a release policy", "PATCH", "/keys/good-exportable/",
        {"attributes": {"exportable": True}, "release_policy": {"data": POLICY, "immutable": False}},
        {"attributes.exportable": "boolean", "release_policy": "object", "release_policy.data": "bytes",
         "release_policy.immutable": "boolean"},
    ),
    Body(
        "release", "POST", "/keys/good-exportable/release",
        {"target": "a.b.c", "nonce": "n", "enc": "RSA_AES_KEY_WRAP_256"},
        {"target": "text", "nonce": "text", "enc": "text"}, ["target"],
    ),
    Body("restore", "POST", "/keys/restore", {"value": "AAAA"}, {"value": "text"}, ["value"]),
    Body("batch", "POST", "/strongroom/keys/good-oct/batch",
         {"operations": [WRAP]}, {"operations": "array"},
         ["operations"]),
    Body("derive key", "POST", "/strongroom/keys/good-x25519/derivekey", {"alg": "X25519", "value": DIGEST},
         {"alg": "text", "value": "bytes"}, ["alg", "value"]),
    Body("secure wrap", "POST", "/keys/good-oct/securewrapkey", {"alg": "A256KW"}, {"alg": "text"}, ["alg"]),
    Body(
        "secure unwrap", "POST", "/keys/good-oct/secureunwrapkey",
        {"alg": "A256KW", "value": "A" * 54, "target": "a.b.c", "applicationTrustedIssuer": "https://a.example"},
        {"alg": "text", "value": "bytes", "target": "text", "applicationTrustedIssuer": "text"},
        ["alg", "value", "target"],
    ),
    Body("random bytes", "POST", "/rng", {"count": 8}, {"count": "integer"}, ["count"]),
    Body(
        "role assignment", "PUT",
        "/providers/Microsoft.Authorization/roleAssignments/3a3b9d1e-1f63-4a53-9f66-0c3f9ee0f0aa", ROLE_BODY,
        {"properties": "object", "properties.roleDefinitionId": "text", "properties.principalId": "text"},
        ["properties", "properties.roleDefinitionId", "properties.principalId"], caller="administrator",
    ),
    Body(
        "security domain", "POST", "/securitydomain/download", {"certificates": [], "required": 2},
        {"certificates": "array", "required": "integer"}, ["certificates"], caller="administrator",
    ),
]
CASES = [(body, member) for body in BODIES for member in body.members]


@pytest.fixture(scope="module", autouse=True)
def keys_to_misuse():
    rig = rig_named("own-names")
    rig.rest(rig.user).create_key("good-rsa", kty="RSA-HSM")
    rig.rest(rig.user).create_key("good-oct", kty="oct-HSM", key_size=256)
    rig.rest(rig.user).create_key(
        "good-exportable", kty="EC-HSM", attributes={"exportable": True}, release_policy={"data": POLICY}
    )
    rig.rest(rig.user).create_key("good-x25519", kty="OKP-HSM", crv="X25519")
    if PROVIDER.exists():
        rig.rest(rig.user).create_key("good-akp", kty="AKP", alg="ML-DSA-44")


def send(own, body: Body, json):
    if body.needs_provider and not PROVIDER.exists():
        pytest.skip("NOT TESTED: no FIPS provider in build/fips")
    return own.rest(getattr(own, body.caller)).request(body.method, body.path, json)


def with_member(good: dict, member: str, value) -> dict:
    changed = copy.deepcopy(good)
    inner = changed
    *parents, last = member.split(".")
    for parent in parents:
        inner = inner[parent]
    if value is ABSENT:
        inner.pop(last)
    else:
        inner[last] = value
    return changed


ABSENT = object()


def is_clear(answer) -> None:
    assert answer.status_code == 400, f"{answer.status_code} {answer.text[:300]}"
    error = answer.json()["error"]
    assert error["code"] == "BadParameter"
    assert len(error["message"].split(" (Activity ID")[0]) > 5


@pytest.mark.parametrize("body, member", CASES, ids=lambda value: getattr(value, "what", value))
def test_a_member_of_the_wrong_type_is_named_in_a_clear_error(own, body, member):
    for fault in FAULTS[body.members[member]]:
        answer = send(own, body, with_member(body.good, member, fault))
        is_clear(answer)


@pytest.mark.parametrize(
    "body, member", [(b, m) for b in BODIES for m in b.required], ids=lambda value: getattr(value, "what", value)
)
def test_a_missing_member_is_a_clear_error(own, body, member):
    is_clear(send(own, body, with_member(body.good, member, ABSENT)))
    is_clear(send(own, body, with_member(body.good, member, None)))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.what)
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"}",
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b"{} {}",
        b"{'kty':'RSA'}",
        b'{"kty":}',
        b'{"kty":"RSA",}',
        b'{"kty":"\xff\xfe"}',
        b'{"kty":"\xed\xa0\x80"}',
        b'{"\xc3\x28":1}',
        b'{"kty":"a\x00b"}',
        b"\xef\xbb\xbf{}",
        b"\x1f\x8b\x08\x00",
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 200_000,
        b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}",
    ],
    ids=lambda raw: repr(raw[:12]) + f"x{len(raw)}",
)
def test_what_is_no_json_object_is_a_clear_error(own, body, raw):
    rest = own.rest(getattr(own, body.caller))
    headers = {"Content-Type": "application/json"}
    answer = rest.request(body.method, body.path, data=raw, headers=headers)

    is_clear(answer)


VALUES = [
    # what, path, body: values of the right type that make no sense
    ("unknown type", "/keys/bad-input/create", {"kty": "DSA"}),
    ("empty type", "/keys/bad-input/create", {"kty": ""}),
    ("RSA of 1024 bits", "/keys/bad-input/create", {"kty": "RSA", "key_size": 1024}),
    ("RSA of 2047 bits", "/keys/bad-input/create", {"kty": "RSA", "key_size": 2047}),
    ("RSA of 16384 bits", "/keys/bad-input/create", {"kty": "RSA", "key_size": 16384}),
    ("RSA of -1 bits", "/keys/bad-input/create", {"kty": "RSA", "key_size": -1}),
    ("AES of 512 bits", "/keys/bad-input/create", {"kty": "oct", "key_size": 512}),
    ("unknown curve", "/keys/bad-input/create", {"kty": "EC", "crv": "P-224"}),
    ("curve of another type", "/keys/bad-input/create", {"kty": "EC", "crv": "Ed25519"}),
    ("unknown curve of an octet key pair", "/keys/bad-input/create", {"kty": "OKP", "crv": "Ed448"}),
    ("even exponent", "/keys/bad-input/create", {"kty": "RSA", "public_exponent": 4}),
    ("exponent 1", "/keys/bad-input/create", {"kty": "RSA", "public_exponent": 1}),
    ("negative exponent", "/keys/bad-input/create", {"kty": "RSA", "public_exponent": -3}),
    ("unknown operation", "/keys/bad-input/create", {"kty": "RSA", "key_ops": ["fly"]}),
    ("operation of another type", "/keys/bad-input/create", {"kty": "EC", "key_ops": ["encrypt"]}),
    ("derivation", "/keys/bad-input/create", {"kty": "oct", "key_ops": ["deriveKey"]}),
    ("16 tags", "/keys/bad-input/create", {"kty": "EC", "tags": {str(n): "x" for n in range(16)}}),
    ("long tag name", "/keys/bad-input/create", {"kty": "EC", "tags": {"x" * 257: "x"}}),
    ("long tag value", "/keys/bad-input/create", {"kty": "EC", "tags": {"x": "x" * 257}}),
    ("exportable without a policy", "/keys/bad-input/create", {"kty": "EC", "attributes": {"exportable": True}}),
    ("no bytes", "/rng", {"count": 0}),
    ("129 bytes", "/rng", {"count": 129}),
    ("-1 bytes", "/rng", {"count": -1}),
    ("unknown algorithm", "/keys/good-key/sign", {"alg": "MD5", "value": DIGEST}),
    ("digest too short", "/keys/good-key/sign", {"alg": "ES256", "value": "AAAA"}),
    ("digest too long", "/keys/good-key/sign", {"alg": "ES256", "value": "A" * 86}),
    ("no digest", "/keys/good-key/sign", {"alg": "ES256", "value": ""}),
    ("plaintext too long", "/keys/good-rsa/encrypt", {"alg": "RSA-OAEP", "value": "A" * 400}),
    ("ciphertext too short", "/keys/good-rsa/decrypt", {"alg": "RSA-OAEP", "value": "AAAA"}),
    ("ciphertext beyond the modulus", "/keys/good-rsa/decrypt", {"alg": "RSA-OAEP", "value": "_" * 341 + "w"}),
    ("wrapped key of 7 bytes", "/keys/good-oct/wrapkey", {"alg": "A256KW", "value": "AAAAAAAAAA"}),
    ("wrapped key of 8 bytes", "/keys/good-oct/wrapkey", {"alg": "A256KW", "value": "AAAAAAAAAAA"}),
    ("unwrap of noise", "/keys/good-oct/unwrapkey", {"alg": "A256KW", "value": "A" * 54}),
    ("iv of 8 bytes", "/keys/good-oct/encrypt", {"alg": "A256CBC", "value": "YQ", "iv": "AAAAAAAAAAA"}),
    ("tag of 8 bytes", "/keys/good-oct/decrypt",
     {"alg": "A256GCM", "value": "YQ", "iv": "A" * 16, "tag": "AAAAAAAAAAA"}),
    ("public key of 31 bytes", "/strongroom/keys/good-x25519/derivekey", {"alg": "X25519", "value": "A" * 41 + "Q"}),
    ("public key of zeros", "/strongroom/keys/good-x25519/derivekey", {"alg": "X25519", "value": DIGEST}),
    ("batch of nothing", "/strongroom/keys/good-oct/batch", {"operations": []}),
    ("batch of 1001", "/strongroom/keys/good-oct/batch", {"operations": [WRAP] * 1001}),
    ("batch of texts", "/strongroom/keys/good-oct/batch", {"operations": [WRAP, "wrapKey"]}),
    ("batch without an operation", "/strongroom/keys/good-oct/batch", {"operations": [WRAP, {"alg": "A256KW"}]}),
    ("batch of an unknown operation", "/strongroom/keys/good-oct/batch", {"operations": [WRAP, {"operation": "fly"}]}),
    ("batch of imports", "/strongroom/keys/good-oct/batch", {"operations": [WRAP, {"operation": "import"}]}),
    ("batch of a number", "/strongroom/keys/good-oct/batch", {"operations": [WRAP, {"operation": 5}]}),
]


POLICIES = [
    # what, trigger, action, expiry time: rotation policies that break a rule of the service (reference/keys-api.md §6)
    ("27 days after creation", {"timeAfterCreate": "P27D"}, "Rotate", "P90D"),
    ("expiry after 27 days", {"timeAfterCreate": "P30D"}, "Rotate", "P27D"),
    ("27 days of use before rotation", {"timeBeforeExpiry": "P29D"}, "Rotate", "P56D"),
    ("before an expiry that is not set", {"timeBeforeExpiry": "P30D"}, "Rotate", None),
    ("no trigger", {}, "Rotate", "P90D"),
    ("two triggers", {"timeAfterCreate": "P30D", "timeBeforeExpiry": "P30D"}, "Rotate", "P90D"),
    ("no duration", {"timeAfterCreate": "30"}, "Rotate", "P90D"),
    ("negative duration", {"timeAfterCreate": "-P30D"}, "Rotate", "P90D"),
    ("fractions of days", {"timeAfterCreate": "P30.5D"}, "Rotate", "P90D"),
    ("more than 100 years", {"timeAfterCreate": "P101Y"}, "Rotate", None),
    ("a number", {"timeAfterCreate": 30}, "Rotate", "P90D"),
    ("notification", {"timeBeforeExpiry": "P30D"}, "Notify", "P90D"),
    ("unknown action", {"timeAfterCreate": "P30D"}, "Delete", "P90D"),
    ("no action", {"timeAfterCreate": "P30D"}, None, "P90D"),
    ("trigger of the wrong type", "P30D", "Rotate", "P90D"),
]


@pytest.mark.parametrize("what, trigger, action, expiry", POLICIES, ids=[row[0].replace(" ", "-") for row in POLICIES])
def test_a_rotation_policy_that_breaks_a_rule_is_refused_and_nothing_is_set(own, what, trigger, action, expiry):
    rest = own.rest(own.user)
    before = rest.get("/keys/good-rsa/rotationpolicy").json()
    policy = {"lifetimeActions": [{"trigger": trigger, "action": {"type": action}}], "attributes": {"expiryTime": expiry}}

    is_clear(rest.put("/keys/good-rsa/rotationpolicy", policy))

    assert rest.get("/keys/good-rsa/rotationpolicy").json() == before


def test_two_rotations_in_one_policy_are_refused(own):
    rotation = {"trigger": {"timeAfterCreate": "P30D"}, "action": {"type": "Rotate"}}

    is_clear(own.rest(own.user).put("/keys/good-rsa/rotationpolicy", {"lifetimeActions": [rotation, rotation]}))


@pytest.mark.parametrize("what, path, body", VALUES, ids=[row[0].replace(" ", "-") for row in VALUES])
def test_a_value_that_makes_no_sense_is_a_clear_error(own, what, path, body):
    is_clear(own.rest(own.user).post(path, body))


def test_a_decryption_failure_tells_nothing_about_why(own):
    """Padding, content and length of a ciphertext are not to be guessed from the answers (Bleichenbacher, Manger)."""
    rest = own.rest(own.user)
    messages = set()
    for first in ("A", "B", "Q", "_"):
        answer = rest.post("/keys/good-rsa/decrypt", {"alg": "RSA1_5", "value": "A" + first * 340 + "A"})
        if answer.status_code != 200:  # implicit rejection answers with random text instead, which tells as little
            messages.add((answer.status_code, answer.json()["error"]["message"].split(" (Activity ID")[0]))

    assert len(messages) <= 1


CERTIFICATES = Holder.new("holder")


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"kty": None},
        {"x5c": []},
        {"x5c": None},
        {"x5c": "AAAA"},
        {"x5c": ["AAAA"]},
        {"x5c": [5]},
        {"x5c": ["not base64 !"]},
        {"alg": "RSA1_5"},
        {"use": "sig"},
    ],
    ids=str,
)
def test_a_holder_without_a_good_certificate_is_refused(own, change):
    holders = [Holder.new(f"holder {n}").jwk() for n in range(2)] + [{**CERTIFICATES.jwk(), **change}]

    is_clear(own.rest(own.administrator).post("/securitydomain/download", {"certificates": holders, "required": 2}))
