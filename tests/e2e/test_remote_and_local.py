"""Remote against local: what the HSM does with a key and what an implementation that is not ours does with the same key
undo one another, both ways, for every algorithm that the Python SDK knows.

The key is imported, so that the other side can have it whole: the SDK's own local cryptography where it knows the
algorithm, the `cryptography` package for the rest."""

import hashlib
import hmac
import secrets

import pytest
from azure.keyvault.keys import JsonWebKey, KeyOperation
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm, KeyWrapAlgorithm, SignatureAlgorithm
from cryptography.hazmat.primitives import keywrap
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes

from harness.rest import b64u, unb64u

TEXT = b"Ten thousand to Alice, and not a penny more."
DATA_KEY = secrets.token_bytes(32)
CURVES = {"ES256": ("P-256", ec.SECP256R1), "ES384": ("P-384", ec.SECP384R1), "ES512": ("P-521", ec.SECP521R1),
          "ES256K": ("P-256K", ec.SECP256K1)}


def big_endian(number: int, width: int | None = None) -> bytes:
    return number.to_bytes(width or (number.bit_length() + 7) // 8, "big")


def rsa_jwk() -> JsonWebKey:
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    members = {"n": numbers.public_numbers.n, "e": numbers.public_numbers.e, "d": numbers.d, "p": numbers.p,
               "q": numbers.q, "dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    return JsonWebKey(kty="RSA", **{member: big_endian(number) for member, number in members.items()})


def ec_jwk(curve: str, there) -> JsonWebKey:
    numbers = ec.generate_private_key(there()).private_numbers()
    width = (there().key_size + 7) // 8
    members = {"x": numbers.public_numbers.x, "y": numbers.public_numbers.y, "d": numbers.private_value}
    return JsonWebKey(kty="EC", crv=curve, **{member: big_endian(n, width) for member, n in members.items()})


def oct_jwk(size: int = 256) -> JsonWebKey:
    return JsonWebKey(kty="oct", k=secrets.token_bytes(size // 8))


class Pair:
    """One key, in the HSM and outside."""

    def __init__(self, rig, keys, name: str, jwk: JsonWebKey, operations: list[str]):
        jwk.key_ops = operations
        imported = keys.import_key(name, jwk, hardware_protected=True)
        self.rest = rig.rest(rig.user)
        self.path = f"/keys/{name}/{imported.properties.version}"
        self.jwk = jwk
        self.local = CryptographyClient.from_jwk(jwk)

    def remote(self, operation: str, **members) -> dict:
        body = {key: b64u(value) if isinstance(value, bytes) else value for key, value in members.items()}
        answer = self.rest.post(f"{self.path}/{operation}", body)
        assert answer.status_code == 200, answer.text
        return {key: unb64u(value) if key in ("value", "iv", "tag") and isinstance(value, str) else value
                for key, value in answer.json().items()}


def size_of(algorithm: str) -> int:
    return int(algorithm[1:4])


def local_encrypt(pair: Pair, algorithm: str) -> dict:
    """What somebody else encrypted, as the members of a decryption's body."""
    key, iv = pair.jwk.k, secrets.token_bytes(12 if algorithm.endswith("GCM") else 16)
    if algorithm.endswith("GCM"):
        sealed = aead.AESGCM(key).encrypt(iv, TEXT, b"invoice 7")
        return {"value": sealed[:-16], "tag": sealed[-16:], "iv": iv, "aad": b"invoice 7"}
    if algorithm.endswith("CBC"):
        encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        return {"value": encryptor.update(TEXT.ljust(48, b"\0")) + encryptor.finalize(), "iv": iv}
    options = {"iv": iv} if algorithm.endswith("CBCPAD") else {}
    return {"value": pair.local.encrypt(EncryptionAlgorithm(algorithm), TEXT, **options).ciphertext, **options}


def local_decrypt(pair: Pair, algorithm: str, sealed: dict) -> bytes:
    key = pair.jwk.k
    if algorithm.endswith("GCM"):
        return aead.AESGCM(key).decrypt(sealed["iv"], sealed["value"] + sealed["tag"], b"invoice 7")
    if algorithm.endswith("CBC"):
        decryptor = Cipher(algorithms.AES(key), modes.CBC(sealed["iv"])).decryptor()
        return (decryptor.update(sealed["value"]) + decryptor.finalize()).rstrip(b"\0")
    options = {"iv": sealed["iv"]} if algorithm.endswith("CBCPAD") else {}
    return pair.local.decrypt(EncryptionAlgorithm(algorithm), sealed["value"], **options).plaintext


@pytest.mark.parametrize("algorithm", [algorithm.value for algorithm in EncryptionAlgorithm])
def test_encryption(own, keys_of_own, name, algorithm):
    jwk = rsa_jwk() if algorithm.startswith("RSA") else oct_jwk(size_of(algorithm))
    pair = Pair(own, keys_of_own, name, jwk, ["encrypt", "decrypt"])

    opened = pair.remote("decrypt", alg=algorithm, **local_encrypt(pair, algorithm))["value"]
    given = {"aad": b"invoice 7"} if algorithm.endswith("GCM") else {}
    if "CBC" in algorithm:
        given["iv"] = secrets.token_bytes(16)
    sealed = {**given, **pair.remote("encrypt", alg=algorithm, value=TEXT, **given)}

    assert opened.rstrip(b"\0") == TEXT
    assert local_decrypt(pair, algorithm, sealed) == TEXT


def local_wrap(pair: Pair, algorithm: str) -> bytes:
    if algorithm == "CKM_AES_KEY_WRAP":
        return keywrap.aes_key_wrap(pair.jwk.k, DATA_KEY)
    if algorithm == "CKM_AES_KEY_WRAP_PAD":
        return keywrap.aes_key_wrap_with_padding(pair.jwk.k, DATA_KEY)
    return pair.local.wrap_key(KeyWrapAlgorithm(algorithm), DATA_KEY).encrypted_key


def local_unwrap(pair: Pair, algorithm: str, wrapped: bytes) -> bytes:
    if algorithm == "CKM_AES_KEY_WRAP":
        return keywrap.aes_key_unwrap(pair.jwk.k, wrapped)
    if algorithm == "CKM_AES_KEY_WRAP_PAD":
        return keywrap.aes_key_unwrap_with_padding(pair.jwk.k, wrapped)
    return pair.local.unwrap_key(KeyWrapAlgorithm(algorithm), wrapped).key


@pytest.mark.parametrize("algorithm", [algorithm.value for algorithm in KeyWrapAlgorithm])
def test_key_wrapping(own, keys_of_own, name, algorithm):
    if algorithm.startswith("RSA"):
        jwk = rsa_jwk()
    else:
        jwk = oct_jwk(size_of(algorithm) if algorithm.startswith("A") else 256)
    pair = Pair(own, keys_of_own, name, jwk, ["wrapKey", "unwrapKey"])

    assert pair.remote("unwrapkey", alg=algorithm, value=local_wrap(pair, algorithm))["value"] == DATA_KEY
    assert local_unwrap(pair, algorithm, pair.remote("wrapkey", alg=algorithm, value=DATA_KEY)["value"]) == DATA_KEY


def digest_of(algorithm: str) -> bytes:
    return hashlib.new(f"sha{algorithm[2:5]}", TEXT).digest()


@pytest.mark.parametrize("algorithm", [algorithm.value for algorithm in SignatureAlgorithm])
def test_signing(own, keys_of_own, name, algorithm):
    operations = [KeyOperation.sign.value, KeyOperation.verify.value]
    jwk = ec_jwk(*CURVES[algorithm]) if algorithm in CURVES else oct_jwk() if algorithm[0] == "H" else rsa_jwk()
    pair = Pair(own, keys_of_own, name, jwk, operations)
    digest = TEXT if algorithm[0] == "H" else digest_of(algorithm)  # a MAC is over the bytes themselves

    there = pair.remote("sign", alg=algorithm, value=digest)["value"]
    if algorithm[0] == "H":
        here = hmac.digest(pair.jwk.k, digest, f"sha{algorithm[2:5]}")
        assert here == there
    else:
        here = pair.local.sign(SignatureAlgorithm(algorithm), digest).signature
        assert pair.local.verify(SignatureAlgorithm(algorithm), digest, there).is_valid

    assert pair.remote("verify", alg=algorithm, digest=digest, value=here)["value"] is True
    assert pair.remote("verify", alg=algorithm, digest=digest, value=here[:-1] + bytes([here[-1] ^ 1]))["value"] is False
