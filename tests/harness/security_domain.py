"""Activation: the security domain is downloaded to three holders with a quorum of two (reference/security-domain.md)."""

import base64
import hashlib
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from harness.applications import self_signed, thumbprint_sha256
from harness.rest import b64u
from harness.server import wait_until


@dataclass
class Holder:
    """One who keeps a share: a key pair that the server sees the certificate of."""

    key: object
    certificate: object

    @classmethod
    def new(cls, name: str, bits: int = 2048) -> "Holder":
        return cls(*self_signed(name, bits))

    @property
    def thumbprint(self) -> str:
        return thumbprint_sha256(self.certificate)

    def jwk(self) -> dict:
        """The certificate as the az CLI sends it: no kid, no use (reference/security-domain.md §4.1)."""
        public = self.certificate.public_key().public_numbers()
        der = self.certificate.public_bytes(Encoding.DER)
        return {
            "kty": "RSA",
            "key_ops": ["verify", "encrypt", "wrapKey"],
            "alg": "RSA-OAEP-256",
            "n": b64u(public.n.to_bytes((public.n.bit_length() + 7) // 8, "big")),
            "e": b64u(public.e.to_bytes((public.e.bit_length() + 7) // 8, "big")),
            "x5c": [base64.b64encode(der).decode()],
            "x5t": b64u(hashlib.sha1(der).digest()),
            "x5t#S256": self.thumbprint,
        }


def download(rest, holders: list[Holder], quorum: int):
    return rest.post("/securitydomain/download", {"certificates": [h.jwk() for h in holders], "required": quorum})


def activate(rest, holders: list[Holder] | None = None, quorum: int = 2) -> dict:
    """Downloads the security domain, waits until the instance is active; returns the domain file, parsed."""
    holders = holders or [Holder.new(f"holder {n}") for n in range(3)]
    answer = download(rest, holders, quorum)
    assert answer.status_code == 202, f"{answer.status_code} {answer.text}"

    def active() -> bool:
        return rest.get("/securitydomain/download/pending").json()["status"] == "Success"

    wait_until(active, 30, "the instance does not become active")
    return json.loads(answer.json()["value"])
