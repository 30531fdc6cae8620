"""ML-DSA keys (kty AKP) on the wire, since no released SDK knows them yet. Every signature is checked by another
implementation (dilithium-py), and signatures of that one are recognised."""

import json
import secrets

import pytest
from dilithium_py.ml_dsa import ML_DSA_44, ML_DSA_65, ML_DSA_87

from harness.fips import needs_provider
from harness.instance import Instance
from harness.rest import b64u, unb64u

pytestmark = needs_provider

SETS = {"ML-DSA-44": ML_DSA_44, "ML-DSA-65": ML_DSA_65, "ML-DSA-87": ML_DSA_87}
SIZES = {"ML-DSA-44": (1312, 2420), "ML-DSA-65": (1952, 3309), "ML-DSA-87": (2592, 4627)}  # FIPS 204, table 2
MESSAGE = b"Ten thousand to Alice."
CONTEXT = b"payments"
PREVIEW = {"api-version": "2026-05-01-preview"}


@pytest.fixture
def rest(rig):
    return rig.rest(rig.user)


def create(rest, name: str, alg: str, **more) -> dict:
    return rest.create_key(name, kty="AKP", alg=alg, **more)["key"]


def sign(rest, name: str, **body) -> bytes:
    answer = rest.post(f"/keys/{name}/sign", body, params=PREVIEW)
    assert answer.status_code == 200, answer.text
    return unb64u(answer.json()["value"])


def verify(rest, name: str, **body) -> bool:
    answer = rest.post(f"/keys/{name}/verify", body, params=PREVIEW)
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


@pytest.mark.parametrize("alg", SETS)
def test_a_key_shows_its_algorithm_and_its_public_half(rest, name, alg):
    key = create(rest, name, alg)

    assert key["kty"] == "AKP-HSM" and key["alg"] == alg
    assert set(key) == {"alg", "key_ops", "kid", "kty", "pub"}
    assert sorted(key["key_ops"]) == ["sign", "verify"]
    assert len(unb64u(key["pub"])) == SIZES[alg][0]


@pytest.mark.parametrize("alg", SETS)
def test_a_signature_verifies_outside_with_the_public_key(rest, name, alg):
    public = unb64u(create(rest, name, alg)["pub"])
    outside = SETS[alg]

    plain = sign(rest, name, value=b64u(MESSAGE))
    named = sign(rest, name, alg=alg, value=b64u(MESSAGE), context=b64u(CONTEXT))
    empty = sign(rest, name, value="")

    assert len(plain) == SIZES[alg][1]
    assert outside.verify(public, MESSAGE, plain)
    assert outside.verify(public, MESSAGE, named, CONTEXT)
    assert not outside.verify(public, MESSAGE, named)
    assert outside.verify(public, b"", empty)
    assert plain != sign(rest, name, value=b64u(MESSAGE))  # hedged: FIPS 204 §3.4


@pytest.mark.parametrize("alg", SETS)
def test_an_external_mu_stands_for_message_and_context(rest, name, alg):
    public = unb64u(create(rest, name, alg)["pub"])
    mu = SETS[alg].prehash_external_mu(public, MESSAGE, CONTEXT)

    signature = sign(rest, name, external_mu=b64u(mu))

    assert SETS[alg].verify(public, MESSAGE, signature, CONTEXT)
    assert verify(rest, name, external_mu=b64u(mu), value=b64u(signature))
    assert verify(rest, name, digest=b64u(MESSAGE), context=b64u(CONTEXT), value=b64u(signature))
    assert not verify(rest, name, digest=b64u(mu), value=b64u(signature))


@pytest.mark.parametrize("alg", SETS)
def test_an_imported_seed_is_the_same_key_here_and_outside(rest, name, alg):
    seed = secrets.token_bytes(32)
    public, private = SETS[alg].key_derive(seed)

    jwk = {"kty": "AKP", "alg": alg, "priv": b64u(seed), "pub": b64u(public)}
    imported = rest.put(f"/keys/{name}", {"key": jwk}).json()["key"]
    foreign = SETS[alg].sign(private, MESSAGE, CONTEXT)

    assert unb64u(imported["pub"]) == public and "priv" not in imported
    body = {"digest": b64u(MESSAGE), "context": b64u(CONTEXT), "value": b64u(foreign)}
    assert verify(rest, name, **body)
    assert not verify(rest, name, **body | {"context": b64u(b"other")})
    assert not verify(rest, name, **body | {"digest": b64u(b"Eleven")})
    assert not verify(rest, name, **body | {"value": b64u(foreign[:-1] + bytes([foreign[-1] ^ 1]))})
    assert not verify(rest, name, **body | {"value": b64u(foreign[:-1])})
    assert SETS[alg].verify(public, MESSAGE, sign(rest, name, value=b64u(MESSAGE)))


def test_a_key_is_backed_up_restored_and_rotated_like_any_other(rest, name):
    first = create(rest, name, "ML-DSA-65")
    signature = sign(rest, name, value=b64u(MESSAGE))
    policy = {"lifetimeActions": [{"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "Rotate"}}]}
    rest.put(f"/keys/{name}/rotationpolicy", policy)

    second = rest.post(f"/keys/{name}/rotate").json()["key"]
    assert second["alg"] == "ML-DSA-65" and second["pub"] != first["pub"]
    assert not verify(rest, name, digest=b64u(MESSAGE), value=b64u(signature))

    blob = rest.post(f"/keys/{name}/backup").json()["value"]
    rest.delete(f"/keys/{name}")
    rest.delete(f"/deletedkeys/{name}")
    restored = rest.post("/keys/restore", {"value": blob})
    assert restored.json()["key"] == second
    version = first["kid"].rsplit("/", 1)[1]
    assert verify(rest, f"{name}/{version}", digest=b64u(MESSAGE), value=b64u(signature))


@pytest.mark.parametrize(
    "what, body",
    {
        "create: no alg": {"kty": "AKP"},
        "create: no such alg": {"kty": "AKP", "alg": "ML-DSA-99"},
        "create: an alg of other keys": {"kty": "AKP", "alg": "ES256"},
        "create: external mu is no alg": {"kty": "AKP", "alg": "ML-DSA-65 (external mu)"},
        "create: cannot encrypt": {"kty": "AKP", "alg": "ML-DSA-65", "key_ops": ["sign", "encrypt"]},
        "import: no alg": {"key": {"kty": "AKP", "priv": b64u(bytes(32))}},
        "import: no seed": {"key": {"kty": "AKP", "alg": "ML-DSA-65"}},
        "import: short seed": {"key": {"kty": "AKP", "alg": "ML-DSA-65", "priv": b64u(bytes(31))}},
        "import: another key's public half": {
            "key": {"kty": "AKP", "alg": "ML-DSA-65", "priv": b64u(bytes(32)), "pub": b64u(bytes(1952))}
        },
        "import: public half too long": {
            "key": {"kty": "AKP", "alg": "ML-DSA-65", "priv": b64u(bytes(32)), "pub": b64u(bytes(5000))}
        },
    }.items(),
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_a_key_that_cannot_be_is_a_clear_error(own, name, what, body):
    rest = own.rest(own.user)
    answer = rest.put(f"/keys/{name}", body) if what.startswith("import") else rest.post(f"/keys/{name}/create", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter"), answer.text
    assert rest.get(f"/keys/{name}").status_code == 404


MU, TEXT = b64u(bytes(64)), b64u(MESSAGE)
BAD_SIGNING = {
    "neither": {},
    "mu and value": {"external_mu": MU, "value": TEXT},
    "mu and alg": {"external_mu": MU, "alg": "ML-DSA-44"},
    "mu and context": {"external_mu": MU, "context": TEXT},
    "short mu": {"external_mu": b64u(bytes(63))},
    "long mu": {"external_mu": b64u(bytes(65))},
    "long context": {"value": TEXT, "context": b64u(bytes(256))},
    "another alg": {"value": TEXT, "alg": "ML-DSA-65"},
    "an alg of other keys": {"value": TEXT, "alg": "ES256"},
    "no base64url": {"value": TEXT, "context": "!"},
    "no text": {"value": TEXT, "context": 5},
}


@pytest.mark.parametrize("what", BAD_SIGNING)
def test_a_body_that_makes_no_sense_is_a_clear_error(own, what):
    rest = own.rest(own.user)
    if rest.get("/keys/bad-ml-dsa").status_code == 404:
        create(rest, "bad-ml-dsa", "ML-DSA-44")
    for_verify = {("digest" if name == "value" else name): text for name, text in BAD_SIGNING[what].items()}
    for operation, body in (("sign", BAD_SIGNING[what]), ("verify", {**for_verify, "value": TEXT})):
        answer = rest.post(f"/keys/bad-ml-dsa/{operation}", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter"), answer.text


@pytest.mark.parametrize("member", [{"context": TEXT}, {"external_mu": MU}])
def test_other_keys_take_no_members_of_ml_dsa(own, name, member):
    rest = own.rest(own.user)
    rest.create_key(name, kty="EC")
    answer = rest.post(f"/keys/{name}/sign", {"alg": "ES256", "value": b64u(bytes(32)), **member})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")
    assert next(iter(member)) in answer.json()["error"]["message"]


def test_the_longest_context_and_a_long_message(own, name):
    rest = own.rest(own.user)
    public = unb64u(create(rest, name, "ML-DSA-87")["pub"])
    message, context = secrets.token_bytes(48 * 1024), secrets.token_bytes(255)

    signature = sign(rest, name, value=b64u(message), context=b64u(context))

    assert ML_DSA_87.verify(public, message, signature, context)
    assert verify(rest, name, digest=b64u(message), context=b64u(context), value=b64u(signature))


def test_without_a_provider_ml_dsa_is_clearly_not_supported(tmp_path):
    instance = Instance(tmp_path, 9780, fips_provider=str(tmp_path / "absent" / "fips.so"))
    try:
        rest = instance.session()
        answer = rest.post("/keys/k/create", {"kty": "AKP", "alg": "ML-DSA-65"})
        if answer.status_code == 200:
            pytest.skip("OpenSSL itself has ML-DSA here")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "NotSupported"), answer.text
        assert "ML-DSA" in answer.json()["error"]["message"]
        rest.create_key("ec", kty="EC")  # everything else works
        assert "no ML-DSA" in json.dumps(instance.server.log_tail())
    finally:
        instance.close()
