"""Opens a security domain file as its holders would, from the published format alone (reference/security-domain.md §5):
secret sharing over GF(257), key derivation by SP 800-108, JWE with A256CBC-HS512."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from harness.rest import unb64u

PRIME = 257
MASTER_KEY_BYTES = 32


class Unreadable(Exception):
    """The file, or the shares given, do not open."""


def open_domain(file: dict, holders) -> dict[str, bytes]:
    """The payloads by tag, opened with the private keys of `holders`, whoever they are among the file's."""
    shares = [open_share(file, holder) for holder in holders]
    master = recombine(shares)
    return {item["tag"]: open_direct(derive(master, item["tag"]), item["compact_jwe"]) for item in file["EncData"]["data"]}


def open_share(file: dict, holder) -> "Share":
    for entry in file["SharedKeys"]["enc_shares"]:
        if entry["x5t_256"] == holder.thumbprint:
            return Share.parse(open_for(holder.key, entry["enc_key"]))
    raise Unreadable("no share for this certificate")


@dataclass(frozen=True)
class Share:
    """One point of each of the secret's polynomials: word = x << 9 | value, little-endian."""

    x: int
    values: tuple[int, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Share":
        words = [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]
        if len({word >> 9 for word in words}) != 1:
            raise Unreadable("a share of several points")
        return cls(words[0] >> 9, tuple(word & 0x1FF for word in words))


def recombine(shares: list[Share]) -> bytes:
    secret = []
    for position in range(len(shares[0].values)):
        total = 0
        for share in shares:
            factor = share.values[position]
            for other in shares:
                if other.x != share.x:
                    factor = factor * other.x * pow(other.x - share.x, -1, PRIME) % PRIME
            total += factor
        if total % PRIME == 256:
            raise Unreadable("shares that do not belong together")
        secret.append(total % PRIME)
    return bytes(secret)


def derive(master: bytes, label: str, context: bytes = b"", bits: int = 512) -> bytes:
    """SP 800-108 counter mode with HMAC-SHA512, one round for up to 512 bits."""
    data = (1).to_bytes(4, "big") + label.encode() + b"\0" + context + bits.to_bytes(4, "big")
    return hmac.new(master, data, hashlib.sha512).digest()[: bits // 8]


def open_direct(key: bytes, jwe: str) -> bytes:
    header, encrypted_key, nonce, ciphertext, tag = jwe.split(".")
    if json.loads(unb64u(header))["alg"] != "dir" or encrypted_key:
        raise Unreadable("not a direct JWE")
    return _open_content(key, header, nonce, ciphertext, tag)


def open_for(private_key, jwe: str) -> bytes:
    header, encrypted_key, nonce, ciphertext, tag = jwe.split(".")
    if json.loads(unb64u(header))["alg"] != "RSA-OAEP-256":
        raise Unreadable("not a JWE for an RSA key")
    oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return _open_content(private_key.decrypt(unb64u(encrypted_key), oaep), header, nonce, ciphertext, tag)


def _open_content(key: bytes, header: str, nonce: str, ciphertext: str, tag: str) -> bytes:
    """A256CBC-HS512 (RFC 7518 §5.2.5)."""
    if json.loads(unb64u(header))["enc"] != "A256CBC-HS512" or len(key) != 64:
        raise Unreadable("not A256CBC-HS512")
    mac_key, cipher_key = key[:32], key[32:]
    data = header.encode() + unb64u(nonce) + unb64u(ciphertext) + (8 * len(header)).to_bytes(8, "big")
    expected = hmac.new(mac_key, data, hashlib.sha512).digest()[:32]
    if not hmac.compare_digest(expected, unb64u(tag)):
        raise Unreadable("the content was changed, or the key is another")
    decryptor = Cipher(algorithms.AES(cipher_key), modes.CBC(unb64u(nonce))).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    padded = decryptor.update(unb64u(ciphertext)) + decryptor.finalize()
    return unpadder.update(padded) + unpadder.finalize()
