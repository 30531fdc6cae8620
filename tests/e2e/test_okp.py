"""Ed25519 and X25519 keys under the names that the service had for them in 7.4-preview.1, and X25519's key agreement,
which is an extension of ours. The other side is another library."""

import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519

from harness import roles
from harness.rest import b64u, unb64u


def create(rest, name, **parameters) -> dict:
    return rest.create_key(name, **parameters)["key"]


def derive(rest, name, peer: bytes, algorithm="X25519"):
    return rest.post(f"/strongroom/keys/{name}/derivekey", {"alg": algorithm, "value": b64u(peer)})


def sign(rest, name, message: bytes) -> bytes:
    answer = rest.post(f"/keys/{name}/sign", {"alg": "EdDSA", "value": b64u(message)})
    assert answer.status_code == 200, answer.text
    return unb64u(answer.json()["value"])


def private_jwk(key) -> dict:
    crv = "Ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "X25519"
    public = key.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": crv, "d": b64u(key.private_bytes_raw()), "x": b64u(public)}


# The recorded answer of the live service (January 2022, 7.4-preview.1) has these members and no others.
@pytest.mark.parametrize("asked", [{"kty": "OKP"}, {"kty": "OKP-HSM", "crv": "Ed25519"}])
def test_a_key_is_ed25519_unless_said_otherwise_and_shows_crv_and_x(own, name, asked):
    made = create(own.rest(own.user), name, **asked)

    assert set(made) == {"crv", "key_ops", "kid", "kty", "x"}
    assert (made["kty"], made["crv"], set(made["key_ops"])) == ("OKP-HSM", "Ed25519", {"sign", "verify"})
    assert len(unb64u(made["x"])) == 32
    assert own.rest(own.user).get(f"/keys/{name}").json()["key"] == made


def test_signatures_verify_elsewhere_over_the_bytes_as_they_were_given(own, name):
    rest = own.rest(own.user)
    public = ed25519.Ed25519PublicKey.from_public_bytes(unb64u(create(rest, name, kty="OKP-HSM")["x"]))

    for message in (b"", b"a", os.urandom(32), os.urandom(4000)):
        signature = sign(rest, name, message)
        public.verify(signature, message)
        with pytest.raises(InvalidSignature):
            public.verify(signature, message + b"!")
        body = {"alg": "EdDSA", "digest": b64u(message), "value": b64u(signature)}
        assert rest.post(f"/keys/{name}/verify", body).json()["value"] is True
        body["digest"] = b64u(message + b"!")
        assert rest.post(f"/keys/{name}/verify", body).json()["value"] is False


def test_an_imported_key_signs_as_it_did_elsewhere(own, name):
    rest = own.rest(own.user)
    key = ed25519.Ed25519PrivateKey.generate()

    imported = rest.put(f"/keys/{name}", {"key": private_jwk(key)})

    assert imported.status_code == 200, imported.text
    assert unb64u(imported.json()["key"]["x"]) == key.public_key().public_bytes_raw()
    assert sign(rest, name, b"message") == key.sign(b"message")


@pytest.mark.parametrize(
    "change",
    [{"x": b64u(bytes(32))}, {"x": None}, {"d": None}, {"d": b64u(bytes(31))}, {"crv": "P-256"}, {"crv": None},
     {"crv": "Ed448"}, {"crv": "X25519"}],
)  # fmt: skip
def test_what_is_no_key_pair_is_not_imported(own, name, change):
    jwk = private_jwk(ed25519.Ed25519PrivateKey.generate()) | change

    refused = own.rest(own.user).put(f"/keys/{name}", {"key": jwk})

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "BadParameter")
    assert own.rest(own.user).get(f"/keys/{name}").status_code == 404


def test_an_x25519_key_agrees_with_another_library(own, name):
    rest = own.rest(own.user)
    made = create(rest, name, kty="OKP-HSM", crv="X25519")
    assert (made["crv"], made["key_ops"]) == ("X25519", ["deriveKey"])
    ours = x25519.X25519PublicKey.from_public_bytes(unb64u(made["x"]))
    theirs = x25519.X25519PrivateKey.generate()

    answer = derive(rest, name, theirs.public_key().public_bytes_raw())

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"alg": "X25519", "kid": made["kid"], "value": b64u(theirs.exchange(ours))}


def test_an_imported_x25519_key_agrees_as_it_did_elsewhere(own, name):
    rest = own.rest(own.user)
    key, other = x25519.X25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    assert rest.put(f"/keys/{name}", {"key": private_jwk(key)}).status_code == 200

    shared = derive(rest, name, other.public_key().public_bytes_raw()).json()["value"]

    assert unb64u(shared) == key.exchange(other.public_key())


def test_a_public_key_that_gives_no_secret_is_refused(own, name):
    rest = own.rest(own.user)
    create(rest, name, kty="OKP-HSM", crv="X25519")

    for peer in (bytes(32), b"\x01" + bytes(31), bytes(31), b""):
        refused = derive(rest, name, peer)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "BadParameter"), peer


def test_neither_curve_does_the_others_work(own, name):
    rest = own.rest(own.user)
    create(rest, f"{name}-ed", kty="OKP-HSM")
    create(rest, f"{name}-x", kty="OKP-HSM", crv="X25519")

    assert derive(rest, f"{name}-ed", bytes(32)).status_code == 403  # not in its key_ops
    refused = rest.post(f"/keys/{name}-x/sign", {"alg": "EdDSA", "value": "AA"})
    assert refused.status_code == 403
    for key, operations in ((f"{name}-x", ["sign"]), (f"{name}-ed", ["deriveKey"]), (f"{name}-ed", ["encrypt"])):
        assert rest.patch(f"/keys/{key}", {"key_ops": operations}).status_code == 400
    wrong = rest.post(f"/keys/{name}-ed/sign", {"alg": "ES256", "value": b64u(bytes(32))})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "BadParameter")


def test_key_agreement_needs_its_own_permission(own, name):
    create(own.rest(own.user), name, kty="OKP-HSM", crv="X25519")
    administrator = own.rest(own.administrator)
    scope = f"/keys/{name}"
    assignment = roles.grant(administrator, own.outsider.object_id, roles.ENCRYPTION_USER, scope)
    try:
        refused = derive(own.rest(own.outsider), name, b"\x09" + bytes(31))
    finally:
        administrator.delete(f"{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment}")

    assert refused.status_code == 403
    assert "keys/derive/action" in refused.json()["error"]["message"]


@pytest.mark.parametrize("crv", ["Ed25519", "X25519"])
def test_rotation_backup_and_restore_are_as_for_every_key(own, name, crv):
    rest = own.rest(own.user)
    first = create(rest, name, kty="OKP-HSM", crv=crv)
    blob = rest.post(f"/keys/{name}/backup").json()["value"]

    assert rest.put(f"/keys/{name}/rotationpolicy", {"attributes": {"expiryTime": "P90D"}}).status_code == 200
    second = rest.post(f"/keys/{name}/rotate").json()["key"]
    assert (second["kty"], second["crv"]) == ("OKP-HSM", crv) and second["x"] != first["x"]
    assert rest.delete(f"/keys/{name}").status_code == 200
    assert rest.delete(f"/deletedkeys/{name}").status_code == 204
    restored = rest.post("/keys/restore", {"value": blob})

    assert restored.status_code == 200, restored.text
    assert restored.json()["key"]["x"] == first["x"]
    if crv == "Ed25519":
        public = ed25519.Ed25519PublicKey.from_public_bytes(unb64u(first["x"]))
        public.verify(sign(rest, name, b"again"), b"again")


def test_the_released_sdk_can_make_and_read_such_a_key_by_its_names(keys, name):
    made = keys.create_key(name, "OKP-HSM", curve="Ed25519")

    assert (made.key_type, made.key.crv) == ("OKP-HSM", "Ed25519")
    assert keys.get_key(name).key.x == made.key.x
