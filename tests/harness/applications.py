"""The applications (service principals) that the tests' token service knows, and what each is for."""

import base64
import datetime
import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Application:
    """One client of the token service. `object_id` is what roles are assigned to; `client_id` is what it logs in with."""

    name: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    object_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    groups: list[str] = field(default_factory=list)
    certificate_files: list[str] = field(default_factory=list)
    federated: list[dict[str, str]] = field(default_factory=list)


def self_signed(common_name: str, bits: int = 2048, not_after: datetime.datetime | None = None):
    """Returns (private key, certificate): what an operator would make with `openssl req -x509`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(not_after or now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def thumbprint_sha256(certificate: x509.Certificate) -> str:
    """base64url of the SHA-256 of the DER form, as x5t#S256 (RFC 7515 §4.1.8)."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def write_certificate(path: Path, certificate: x509.Certificate) -> Path:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


def write_pem(path: Path, key, certificate: x509.Certificate) -> Path:
    """Writes key and certificate into one PEM file, the form that AZURE_CLIENT_CERTIFICATE_PATH takes."""
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    path.chmod(0o600)
    return path
