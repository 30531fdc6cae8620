"""Bring your own key: a key made in another HSM moves into this one and works there. The source is a real PKCS#11 token
(harness/on_premises.py); for what a token would never do, the same wrapping in Python."""

import base64
import hashlib
import os
import shutil

import pytest
from azure.keyvault.keys import JsonWebKey, KeyClient
from azure.identity import DefaultAzureCredential
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from harness import on_premises, paths
from harness.on_premises import byok_file, wrapped_for
from harness.rest import b64u, unb64u

MESSAGE = b"made elsewhere"
DIGEST = hashlib.sha256(MESSAGE).digest()
CURVES = {"P-256": ("secp256r1", ec.SECP256R1()), "P-384": ("secp384r1", ec.SECP384R1()),
          "P-521": ("secp521r1", ec.SECP521R1()), "P-256K": ("secp256k1", ec.SECP256K1())}
SIGNATURES = {"P-256": ("ES256", hashes.SHA256()), "P-384": ("ES384", hashes.SHA384()),
              "P-521": ("ES512", hashes.SHA512()), "P-256K": ("ES256K", hashes.SHA256())}


@pytest.fixture(scope="module")
def source():
    if not on_premises.available:
        pytest.skip("softhsm2 is not installed")
    directory = paths.LOGS / "on-premises"
    shutil.rmtree(directory, ignore_errors=True)
    hsm = on_premises.OnPremisesHsm(directory)
    yield hsm
    hsm.close()


@pytest.fixture
def exchange_key(own, name):
    """exchange_key(bits) → the JSON web key of a new key-exchange key."""
    return lambda bits=2048: own.rest(own.user).create_key(
        f"{name}-kek", kty="RSA-HSM", key_size=bits, key_ops=["import"])["key"]


def bring(own, name: str, blob: bytes, **jwk):
    return own.rest(own.user).put(f"/keys/{name}", {"key": {"key_hsm": b64u(blob), **jwk}})


def sign(own, name: str, algorithm: str, digest: bytes) -> bytes:
    answer = own.rest(own.user).post(f"/keys/{name}/sign", {"alg": algorithm, "value": b64u(digest)})
    assert answer.status_code == 200, answer.text
    return unb64u(answer.json()["value"])


class TestFromAToken:
    @pytest.mark.parametrize("exchange_bits, bits", [(2048, 2048), (3072, 3072), (4096, 4096), (4096, 2048)])
    def test_an_rsa_key_signs_here_and_verifies_with_the_tokens_public_half(
        self, own, name, source, exchange_key, exchange_bits, bits
    ):
        public, private = source.rsa(bits)

        made = bring(own, name, source.transfer_blob(private, exchange_key(exchange_bits)), kty="RSA-HSM")

        assert made.status_code == 200, made.text
        numbers = source.public_numbers(public)
        assert int.from_bytes(unb64u(made.json()["key"]["n"]), "big") == numbers["n"]
        assert made.json()["key"]["kty"] == "RSA-HSM" and "key_hsm" not in made.json()["key"]
        rsa.RSAPublicNumbers(numbers["e"], numbers["n"]).public_key().verify(
            sign(own, name, "RS256", DIGEST), MESSAGE, padding.PKCS1v15(), hashes.SHA256())

    @pytest.mark.parametrize("curve", CURVES)
    def test_an_ec_key_signs_here_and_verifies_with_the_tokens_public_half(
        self, own, name, source, exchange_key, curve
    ):
        token_curve, known = CURVES[curve]
        public, private = source.ec(token_curve)

        made = bring(own, name, source.transfer_blob(private, exchange_key()), kty="EC-HSM", crv=curve)

        assert made.status_code == 200, made.text
        numbers = source.public_numbers(public)
        algorithm, digest = SIGNATURES[curve]
        raw = sign(own, name, algorithm, hashlib.new(digest.name, MESSAGE).digest())
        halves = (int.from_bytes(raw[: len(raw) // 2], "big"), int.from_bytes(raw[len(raw) // 2 :], "big"))
        ec.EllipticCurvePublicNumbers(numbers["x"], numbers["y"], known).public_key().verify(
            utils.encode_dss_signature(*halves), MESSAGE, ec.ECDSA(digest))

    @pytest.mark.parametrize("bits", [128, 192, 256])
    def test_an_aes_key_decrypts_here_what_the_token_encrypted(self, own, name, source, exchange_key, bits):
        key = source.aes(bits)
        block = os.urandom(16)
        encrypted = source.encrypt_aes_block(key, block)

        made = bring(own, name, source.transfer_blob(key, exchange_key()), kty="oct-HSM")

        assert made.status_code == 200, made.text
        body = {"alg": f"A{bits}CBC", "value": b64u(encrypted), "iv": b64u(bytes(16))}  # one block: as ECB
        assert unb64u(own.rest(own.user).post(f"/keys/{name}/decrypt", body).json()["value"]) == block

    def test_the_released_sdk_brings_a_key(self, keys, name, source):
        exchange = keys.create_rsa_key(f"{name}-kek", size=4096, key_operations=["import"], hardware_protected=True)
        jwk = {"kid": exchange.id, "n": b64u(exchange.key.n), "e": b64u(exchange.key.e)}
        public, private = source.rsa(2048)

        brought = keys.import_key(
            name, JsonWebKey(kty="RSA-HSM", key_ops=["sign"], t=source.transfer_blob(private, jwk)))

        assert int.from_bytes(brought.key.n, "big") == source.public_numbers(public)["n"]
        assert brought.key_operations == ["sign"]


def pkcs8(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


EC_KEY = ec.generate_private_key(ec.SECP256R1())


class TestBlobs:
    @pytest.mark.parametrize("size", [16, 24, 32])
    def test_the_one_time_key_has_any_size_of_aes(self, own, name, exchange_key, size):
        kek = exchange_key()
        blob = byok_file(kek["kid"], wrapped_for(kek, pkcs8(EC_KEY), size))

        assert bring(own, name, blob, kty="EC-HSM", crv="P-256").status_code == 200

    def test_both_alphabets_padding_and_line_breaks_are_taken(self, own, name, exchange_key):
        kek = exchange_key()
        blob = byok_file(kek["kid"], wrapped_for(kek, pkcs8(EC_KEY)))
        for text in (base64.b64encode(blob), base64.urlsafe_b64encode(blob), base64.encodebytes(blob)):
            body = {"key": {"kty": "EC-HSM", "crv": "P-256", "key_hsm": text.decode()}}
            assert own.rest(own.user).put(f"/keys/{name}", body).status_code == 200

    def test_a_blob_that_was_changed_is_refused_whatever_was_changed(self, own, name, exchange_key):
        """Each with the same words, so that neither half of the wrap tells anything about itself."""
        kek = exchange_key()
        wrapped = wrapped_for(kek, pkcs8(EC_KEY))
        messages = set()
        for at in (0, 100, 255, 256, 264, len(wrapped) - 1):
            changed = bytearray(wrapped)
            changed[at] ^= 1
            answer = bring(own, name, byok_file(kek["kid"], bytes(changed)), kty="EC-HSM", crv="P-256")
            assert answer.status_code == 400
            messages.add(answer.json()["error"]["message"].split(" (Activity ID")[0])
        for cut in (0, 10, 256, 263, len(wrapped) - 8):
            answer = bring(own, name, byok_file(kek["kid"], wrapped[:cut]), kty="EC-HSM", crv="P-256")
            assert answer.status_code == 400
            messages.add(answer.json()["error"]["message"].split(" (Activity ID")[0])

        assert len(messages) == 1
        assert own.rest(own.user).get(f"/keys/{name}/").status_code == 404

    @pytest.mark.parametrize(
        "plain, jwk",
        [
            (pkcs8(EC_KEY), {"kty": "RSA-HSM"}),
            (pkcs8(EC_KEY), {"kty": "EC-HSM", "crv": "P-384"}),
            (pkcs8(EC_KEY), {"kty": "EC-HSM"}),
            (pkcs8(EC_KEY), {"kty": "oct-HSM"}),
            (pkcs8(EC_KEY)[:-3], {"kty": "EC-HSM", "crv": "P-256"}),
            (pkcs8(EC_KEY) + b"\1", {"kty": "EC-HSM", "crv": "P-256"}),
            (pkcs8(rsa.generate_private_key(65537, 1024)), {"kty": "RSA-HSM"}),
            (bytes(20), {"kty": "oct-HSM"}),
            (bytes(64), {"kty": "oct-HSM"}),
            (bytes(32), {"kty": "RSA-HSM"}),
            (pkcs8(EC_KEY), {"kty": "EC-HSM", "crv": "P-256", "d": "AAAA"}),
            (pkcs8(EC_KEY), {"kty": "EC-HSM", "crv": "P-256", "key_ops": ["encrypt"]}),
        ],
    )
    def test_what_is_inside_must_be_what_was_announced(self, own, name, exchange_key, plain, jwk):
        kek = exchange_key()

        answer = bring(own, name, byok_file(kek["kid"], wrapped_for(kek, plain)), **jwk)

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter"), answer.text
        assert own.rest(own.user).get(f"/keys/{name}/").status_code == 404

    def test_another_digest_of_oaep_is_not_the_mechanism(self, own, name, exchange_key):
        kek = exchange_key()
        blob = byok_file(kek["kid"], wrapped_for(kek, pkcs8(EC_KEY), digest=hashes.SHA256))

        assert bring(own, name, blob, kty="EC-HSM", crv="P-256").status_code == 400

    def test_only_an_exchange_key_of_this_hsm_unwraps(self, own, name, exchange_key):
        rest = own.rest(own.user)
        kek = exchange_key()
        other = rest.create_key(f"{name}-rsa", kty="RSA-HSM")["key"]  # may unwrap, so may not exchange
        gone = kek["kid"][:-32] + "0" * 32
        elsewhere = kek["kid"].replace("https://contoso.", "https://fabrikam.")
        for kid, jwk in ((other["kid"], other), (gone, kek), (elsewhere, kek), (kek["kid"].rsplit("/", 1)[0], kek),
                         ("", kek), ("key", kek)):
            answer = bring(own, name, byok_file(kid, wrapped_for(jwk, pkcs8(EC_KEY))), kty="EC-HSM", crv="P-256")
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter"), kid

    def test_a_disabled_exchange_key_unwraps_nothing(self, own, name, exchange_key):
        kek = exchange_key()
        assert own.rest(own.user).patch(f"/keys/{name}-kek", {"attributes": {"enabled": False}}).status_code == 200

        answer = bring(own, name, byok_file(kek["kid"], wrapped_for(kek, pkcs8(EC_KEY))), kty="EC-HSM", crv="P-256")

        assert answer.status_code == 400

    @pytest.mark.parametrize(
        "blob",
        [b"", b"{}", b"[]", b"not JSON", b'{"schema_version":"2.0.0"}', b'{"schema_version":"1.0.0","header":5}',
         b'{"schema_version":"1.0.0","header":{"alg":"dir","enc":"other"}}', b"{" * 5000],
        ids=repr,
    )
    def test_what_is_no_transfer_blob_is_a_clear_error(self, own, name, blob):
        answer = bring(own, name, blob, kty="RSA-HSM")

        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")
        assert "transfer blob" in answer.json()["error"]["message"]


class TestTheExchangeKey:
    def test_does_nothing_else(self, own, name, exchange_key):
        exchange_key()
        rest = own.rest(own.user)
        for operation, algorithm in (("unwrapkey", "RSA-OAEP"), ("decrypt", "RSA-OAEP"), ("sign", "RS256")):
            body = {"alg": algorithm, "value": b64u(bytes(32 if operation == "sign" else 256))}
            assert rest.post(f"/keys/{name}-kek/{operation}", body).status_code == 403, operation

    def test_can_never_become_another_kind_of_key_nor_another_key_become_one(self, own, name, exchange_key):
        exchange_key()
        rest = own.rest(own.user)
        rest.create_key(f"{name}-rsa", kty="RSA-HSM")

        assert rest.patch(f"/keys/{name}-kek", {"key_ops": ["unwrapKey"]}).status_code == 400
        assert rest.patch(f"/keys/{name}-rsa", {"key_ops": ["import"]}).status_code == 400

    def test_stands_alone(self, own, name):
        body = {"kty": "RSA-HSM", "key_ops": ["import", "sign"]}
        assert own.rest(own.user).post(f"/keys/{name}/create", body).status_code == 400
