"""A foreign OpenID issuer, such as a cluster that signs service-account tokens: discovery document, keys, tokens."""

import http.server
import ipaddress
import json
import ssl
import threading
import time
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.applications import self_signed, write_certificate
from harness.rest import b64u

HOST = "issuer.localhost"
KEY_ID = "issuer-key-1"


class Issuer:
    """Serves https://issuer.localhost:PORT until closed. `ca_file` is what a server needs to trust it."""

    def __init__(self, directory: Path):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        tls_key, tls_certificate = _server_certificate(HOST)
        self.ca_file = str(write_certificate(directory / "issuer.crt", tls_certificate))
        key_file = directory / "issuer.key"
        key_file.write_bytes(
            tls_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                document = issuer.documents().get(self.path)
                body = json.dumps(document or {"error": "not found"}).encode()
                self.send_response(200 if document else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key_file)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://{HOST}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def documents(self) -> dict[str, dict]:
        public = self.key.public_key().public_numbers()
        return {
            "/.well-known/openid-configuration": {"issuer": self.url, "jwks_uri": f"{self.url}/keys"},
            "/keys": {
                "keys": [
                    {
                        "kty": "RSA",
                        "use": "sig",
                        "alg": "RS256",
                        "kid": KEY_ID,
                        "n": b64u(public.n.to_bytes(256, "big")),
                        "e": b64u(public.e.to_bytes(3, "big")),
                    }
                ]
            },
        }

    def token(self, subject: str, audience: str, *, key=None, lifetime_s: int = 3600) -> str:
        """A token as a workload finds it in its file; `key` forges the signature."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + lifetime_s}
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": KEY_ID})

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _server_certificate(host: str):
    """A certificate that is its own CA: the only way to trust it is to name it."""
    key, plain = self_signed(host)
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(plain.subject)
        .issuer_name(plain.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(plain.not_valid_before_utc)
        .not_valid_after(plain.not_valid_after_utc)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate
