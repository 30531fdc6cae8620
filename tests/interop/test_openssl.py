"""The `openssl` command outside of the HSM, with nothing but the public key."""

import hashlib
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from harness.rest import b64u, unb64u

MESSAGE = b"Ten thousand to Alice."
CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1(), "P-256K": ec.SECP256K1()}


def number(text: str) -> int:
    return int.from_bytes(unb64u(text), "big")


@pytest.fixture
def public_pem(tmp_path):
    """public_pem(jwk) → a PEM file with that public key."""

    def write(jwk: dict):
        if "n" in jwk:
            key = rsa.RSAPublicNumbers(number(jwk["e"]), number(jwk["n"])).public_key()
        else:
            key = ec.EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]), CURVES[jwk["crv"]]).public_key()
        file = tmp_path / "public.pem"
        pem, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        file.write_bytes(key.public_bytes(pem, form))
        return file

    return write


def openssl(*arguments, given: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True)


def sign(rest, name: str, algorithm: str) -> bytes:
    digest = hashlib.new("sha" + algorithm[2:5], MESSAGE).digest()
    return unb64u(rest.post(f"/keys/{name}/sign", {"alg": algorithm, "value": b64u(digest)}).json()["value"])


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_rsa_signatures_verify(own, name, tmp_path, public_pem, bits):
    rest = own.rest(own.user)
    key = public_pem(rest.create_key(name, kty="RSA-HSM", key_size=bits)["key"])
    signature = tmp_path / "signature"
    for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        signature.write_bytes(sign(rest, name, algorithm))
        options = []
        if algorithm.startswith("PS"):
            options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]

        done = openssl("dgst", f"-sha{algorithm[2:]}", "-verify", key, *options, "-signature", signature, given=MESSAGE)

        assert done.stdout == b"Verified OK\n", (algorithm, done.stderr)


@pytest.mark.parametrize(
    "algorithm, curve", [("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521"), ("ES256K", "P-256K")]
)
def test_ec_signatures_verify(own, name, tmp_path, public_pem, algorithm, curve):
    rest = own.rest(own.user)
    key = public_pem(rest.create_key(name, kty="EC-HSM", crv=curve)["key"])
    raw = sign(rest, name, algorithm)
    half = len(raw) // 2
    signature = tmp_path / "signature"
    signature.write_bytes(
        utils.encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    )

    done = openssl("dgst", f"-sha{algorithm[2:5]}", "-verify", key, "-signature", signature, given=MESSAGE)

    assert done.stdout == b"Verified OK\n", done.stderr


@pytest.mark.parametrize(
    "algorithm, options",
    [
        ("RSA1_5", ["rsa_padding_mode:pkcs1"]),
        ("RSA-OAEP", ["rsa_padding_mode:oaep", "rsa_oaep_md:sha1", "rsa_mgf1_md:sha1"]),
        ("RSA-OAEP-256", ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]),
    ],
)
def test_what_openssl_encrypts_the_hsm_decrypts(own, name, public_pem, algorithm, options):
    rest = own.rest(own.user)
    key = public_pem(rest.create_key(name, kty="RSA-HSM")["key"])
    pairs = [argument for option in options for argument in ("-pkeyopt", option)]

    encrypted = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", key, *pairs, given=MESSAGE)

    assert encrypted.returncode == 0, encrypted.stderr
    for operation in ("decrypt", "unwrapkey"):
        answer = rest.post(f"/keys/{name}/{operation}", {"alg": algorithm, "value": b64u(encrypted.stdout)})
        assert unb64u(answer.json()["value"]) == MESSAGE, operation


def test_the_servers_certificate_is_one_that_openssl_accepts_for_each_of_its_names(own):
    domain = own.deployment.domain
    for host in (f"{own.deployment.instance}.{domain.suffix}", domain.login):
        done = openssl(
            "s_client", "-connect", f"127.0.0.1:{domain.port}", "-servername", host, "-CAfile", own.server.ca,
            "-verify_return_error", "-verify_hostname", host, "-brief",
        )
        assert b"Verification: OK" in done.stderr, done.stderr


@pytest.mark.parametrize("version, accepted", [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_only_tls_1_2_and_1_3_are_spoken(own, version, accepted):
    done = openssl("s_client", "-connect", f"127.0.0.1:{own.deployment.domain.port}", version, "-CAfile", own.server.ca)

    assert (b"BEGIN CERTIFICATE" in done.stdout) == accepted
