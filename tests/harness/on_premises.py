"""An on-premises HSM: SoftHSM2, reached by PKCS#11 as any other token is, that sends keys to a Managed HSM (BYOK).

Its 2.6.1 has no CKM_RSA_AES_KEY_WRAP of its own, so the token makes the mechanism's two halves one after the other, as
PKCS#11 defines it: the target under a one-time AES key (CKM_AES_KEY_WRAP_PAD), that one under the exchange key
(CKM_RSA_PKCS_OAEP). No private half ever leaves the token in the clear.
"""

import ctypes
import json
import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from harness.rest import b64u, unb64u

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "1234"
LABEL = "on-premises"
ONE_TIME_KEY_BITS = 256

available = Path(MODULE).exists()


class OnPremisesHsm:
    """A fresh token in `directory`. PKCS#11 modules are loaded once a process and read their configuration then, so
    that one process has one token."""

    def __init__(self, directory: Path):
        tokens = directory / "tokens"
        tokens.mkdir(parents=True)
        configuration = directory / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        initialise = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", PIN, "--pin", PIN]
        subprocess.run(initialise, check=True, capture_output=True)

        import pkcs11  # only here: importing it is possible without a module, and this file is imported by everyone

        self._pkcs11 = pkcs11
        self._session = pkcs11.lib(MODULE).get_token(token_label=LABEL).open(user_pin=PIN, rw=True)
        # The module asks OpenSSL for an engine that is not there and leaves the error in this thread's queue, where the
        # next TLS connection would take it for its own.
        ctypes.CDLL("libcrypto.so.3").ERR_clear_error()

    def close(self) -> None:
        self._session.close()

    def rsa(self, bits: int):
        """(public, private): the private half may be wrapped, but not be read."""
        return self._session.generate_keypair(
            self._pkcs11.KeyType.RSA, bits, private_template=self._transferable()
        )

    def ec(self, curve: str):
        from pkcs11.util.ec import encode_named_curve_parameters

        attribute = self._pkcs11.Attribute
        parameters = self._session.create_domain_parameters(
            self._pkcs11.KeyType.EC, {attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
        )
        return parameters.generate_keypair(private_template=self._transferable())

    def aes(self, bits: int):
        return self._session.generate_key(self._pkcs11.KeyType.AES, bits, template=self._transferable())

    def public_numbers(self, public) -> dict[str, int]:
        """RSA: n and e. EC: x and y."""
        attribute = self._pkcs11.Attribute
        if public.key_type == self._pkcs11.KeyType.RSA:
            numbers = {"n": public[attribute.MODULUS], "e": public[attribute.PUBLIC_EXPONENT]}
        else:
            point = public[attribute.EC_POINT]  # an OCTET STRING around 04 | x | y
            point = point[point.index(b"\x04", 2) + 1 :]
            numbers = {"x": point[: len(point) // 2], "y": point[len(point) // 2 :]}
        return {name: int.from_bytes(number, "big") for name, number in numbers.items()}

    def encrypt_aes_block(self, key, block: bytes) -> bytes:
        return key.encrypt(block, mechanism=self._pkcs11.Mechanism.AES_ECB)

    def transfer_blob(self, target, exchange_key: dict) -> bytes:
        """The .byok file that brings `target` to the HSM of `exchange_key` (a JSON web key with its kid)."""
        attribute, mechanism = self._pkcs11.Attribute, self._pkcs11.Mechanism
        exchange = self._session.create_object(
            {
                attribute.CLASS: self._pkcs11.ObjectClass.PUBLIC_KEY,
                attribute.KEY_TYPE: self._pkcs11.KeyType.RSA,
                attribute.MODULUS: unb64u(exchange_key["n"]),
                attribute.PUBLIC_EXPONENT: unb64u(exchange_key["e"]),
                attribute.WRAP: True,
            }
        )
        one_time = self._session.generate_key(
            self._pkcs11.KeyType.AES, ONE_TIME_KEY_BITS, template={**self._transferable(), attribute.WRAP: True}
        )
        oaep = (mechanism.SHA_1, self._pkcs11.MGF.SHA1, None)
        wrapped = exchange.wrap_key(one_time, mechanism=mechanism.RSA_PKCS_OAEP, mechanism_param=oaep)
        wrapped += one_time.wrap_key(target, mechanism=mechanism.AES_KEY_WRAP_PAD)
        return byok_file(exchange_key["kid"], wrapped)

    def _transferable(self) -> dict:
        return {self._pkcs11.Attribute.EXTRACTABLE: True, self._pkcs11.Attribute.SENSITIVE: True}


def wrapped_for(exchange_key: dict, plain: bytes, one_time_bytes: int = 32, digest=hashes.SHA1) -> bytes:
    """CKM_RSA_AES_KEY_WRAP without a token, for what no token would do."""
    one_time = os.urandom(one_time_bytes)
    n, e = (int.from_bytes(unb64u(exchange_key[member]), "big") for member in "ne")
    oaep = padding.OAEP(padding.MGF1(digest()), digest(), None)
    wrapped = rsa.RSAPublicNumbers(e, n).public_key().encrypt(one_time, oaep)
    return wrapped + keywrap.aes_key_wrap_with_padding(one_time, plain)


def byok_file(kid: str, wrapped: bytes) -> bytes:
    """reference/byok-release-attestation.md §2.2"""
    return json.dumps(
        {
            "schema_version": "1.0.0",
            "header": {"kid": kid, "alg": "dir", "enc": "CKM_RSA_AES_KEY_WRAP"},
            "ciphertext": b64u(wrapped),
            "generator": "Strongroom's tests; SoftHSM2",
        },
        indent=2,
    ).encode()
