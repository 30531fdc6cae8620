"""A foreign OpenID issuer, such as a cluster that signs service-account tokens: discovery document, keys, tokens."""

import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.https_documents import HttpsDocuments
from harness.rest import b64u

HOST = "issuer.localhost"
KEY_ID = "issuer-key-1"


class Issuer:
    """Serves https://issuer.localhost:PORT until closed. `ca_file` is what a server needs to trust it."""

    def __init__(self, directory: Path):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._server = HttpsDocuments(directory, HOST, {"/keys": {"keys": [self._public_key()]}})
        self.url = self._server.url
        self.ca_file = self._server.ca_file
        discovery = {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        self._server.documents["/.well-known/openid-configuration"] = discovery

    def _public_key(self) -> dict[str, str]:
        public = self.key.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": b64u(public.n.to_bytes(256, "big")),
            "e": b64u(public.e.to_bytes(3, "big")),
        }

    def token(self, subject: str, audience: str, *, key=None, lifetime_s: int = 3600) -> str:
        """A token as a workload finds it in its file; `key` forges the signature."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + lifetime_s}
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": KEY_ID})

    def close(self) -> None:
        self._server.close()
