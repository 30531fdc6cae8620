"""An attestation authority for secure key release, in the style of the one that Azure's SDK tests talk to
(reference/byok-release-attestation.md §3.8): discovery document, keys, and tokens about environments that do not exist.

By hand: `cd tests && python -m harness.attestation_authority DIRECTORY [PORT]` serves until it is interrupted.
"""

import base64
import datetime
import ipaddress
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.applications import self_signed, write_certificate
from harness.https_documents import HttpsDocuments
from harness.rest import b64u

HOST = "attestation.localhost"
ENCRYPTION_KEY_ID = "fake-release-key"  # the name that the SDK tests' authority gives it
TOKEN_LIFETIME_S = 7 * 24 * 3600


@dataclass
class SigningKey:
    """One key that the authority signs with. Its certificate is self-signed, as MAA's are: trust comes from TLS."""

    kid: str
    private: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate = field(repr=False)

    @staticmethod
    def new(kid: str) -> "SigningKey":
        return SigningKey(kid, *self_signed(kid))

    def jwk(self, with_numbers: bool) -> dict:
        """As the authority publishes it. MAA leaves out n and e, so that x5c alone says what the key is."""
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        numbers = _numbers(self.private.public_key()) if with_numbers else {}
        return {"kid": self.kid, "kty": "RSA", "x5c": [base64.b64encode(der).decode()], **numbers}


class AttestationAuthority:
    """Serves https://HOST:PORT until closed. `url` is the issuer of its tokens, `ca_file` what a relying party must
    trust to read its keys, `encryption_key` the private half of the key that a default token asks to release to."""

    def __init__(self, directory: Path, host: str = HOST, port: int = 0, *, with_numbers: bool = True, chunked=False):
        directory.mkdir(parents=True, exist_ok=True)
        self.with_numbers = with_numbers
        self.encryption_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key = SigningKey.new("attestation-key-1")
        self.published = [self.signing_key]
        self._rotations = 1
        tls_key, tls_certificate, ca = _server_identity(host)
        self.ca_file = str(write_certificate(directory / "attestation-ca.crt", ca))
        self._server = HttpsDocuments(
            directory, host, {}, port=port, identity=(tls_key, tls_certificate), chunked=chunked
        )
        self.url = self._server.url
        self.documents = self._server.documents
        self.documents |= {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": lambda: {"keys": [key.jwk(self.with_numbers) for key in self.published]},
            "/generate-test-token": lambda: {"token": self.token()},
        }

    @property
    def requests(self) -> list[str]:
        """The paths that were asked for, in order."""
        return self._server.requests

    def rotate(self, *, keep_old: bool = False) -> SigningKey:
        """Signs with a new key from now on. Tokens under the old one are worth nothing unless it is kept."""
        self._rotations += 1
        self.signing_key = SigningKey.new(f"attestation-key-{self._rotations}")
        self.published = [self.signing_key, *(self.published if keep_old else [])]
        return self.signing_key

    def encryption_jwk(self, public: rsa.RSAPublicKey | None = None) -> dict:
        """The key-encryption key as a token states it."""
        public = public or self.encryption_key.public_key()
        return {"kty": "RSA", "kid": ENCRYPTION_KEY_ID, "use": "enc", **_numbers(public)}

    def token(
        self,
        claims: dict | None = None,
        *,
        encryption_jwk: dict | None = None,
        lifetime_s: int = TOKEN_LIFETIME_S,
        signing_key: SigningKey | None = None,
        headers: dict | None = None,
        without: tuple[str, ...] = (),
    ) -> str:
        """A statement about an environment. `claims` are added to or replace those of the SDK tests' token, `without`
        names claims to leave out, `headers` adds to or replaces members of the header (kid, jku)."""
        key = signing_key or self.signing_key
        now = int(time.time())
        payload = {
            "iss": f"{self.url}/",
            "iat": now,
            "exp": now + lifetime_s,
            "maa-ehd": "sdk-test",
            "sdk-test": True,
            "x-ms-inittime": {},
            "x-ms-runtime": {"keys": [encryption_jwk or self.encryption_jwk()]},
            **(claims or {}),
        }
        payload = {name: value for name, value in payload.items() if name not in without}
        header = {"kid": key.kid, "jku": f"{self.url}/keys", **(headers or {})}
        return jwt.encode(payload, key.private, algorithm="RS256", headers=header)

    def policy(self, claim: str = "sdk-test", equals: str | int | bool = True) -> dict:
        """A release policy (version 1.0.0) that this authority's default token satisfies."""
        condition = {"claim": claim, "equals": equals}
        return {"anyOf": [{"anyOf": [condition], "authority": f"{self.url}/"}], "version": "1.0.0"}

    def pinned_in(self, file: Path) -> dict:
        """Writes the published keys to a file; returns the row of [[release.authority]] that pins them."""
        file.write_text(json.dumps({"keys": [key.jwk(self.with_numbers) for key in self.published]}))
        return {"issuer": f"{self.url}/", "keys_file": str(file)}

    def close(self) -> None:
        self._server.close()


def _numbers(public: rsa.RSAPublicKey) -> dict[str, str]:
    numbers = public.public_numbers()
    return {"e": b64u(numbers.e.to_bytes(3, "big")), "n": b64u(numbers.n.to_bytes(public.key_size // 8, "big"))}


def _server_identity(host: str):
    """(key, certificate, CA certificate): a server certificate and the CA that issued it."""
    ca_key, plain = self_signed(f"CA of {host}")
    ca = _certificate(plain.subject, plain.subject, ca_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    leaf = _certificate(subject, plain.subject, key.public_key()).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    return key, leaf.sign(ca_key, hashes.SHA256()), ca.sign(ca_key, hashes.SHA256())


def _certificate(subject: x509.Name, issuer: x509.Name, public_key) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=30))
    )


def main(directory: str, port: str = "0") -> None:
    authority = AttestationAuthority(Path(directory), port=int(port))
    print(f"issuer {authority.url}\nca_file {authority.ca_file}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
