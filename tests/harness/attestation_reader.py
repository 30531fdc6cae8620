"""A second reader of key attestations, written from the published grammar (src/attestation/blob.h) with another library
for certificates and signatures: what it accepts is right, not just read by the program that wrote it."""

import struct

from cryptography import x509

_HEADER = struct.Struct(">8sIII")
_SIGNATURE_BYTES = 64

CLASS, KEY_TYPE, ID = 0x0, 0x100, 0x102
SENSITIVE, ENCRYPT, DECRYPT, WRAP, UNWRAP, SIGN, VERIFY, DERIVE = 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x10A, 0x10C
MODULUS, MODULUS_BITS, EXPONENT, VALUE_BYTES = 0x120, 0x121, 0x122, 0x161
EXTRACTABLE, LOCAL, NEVER_EXTRACTABLE, ALWAYS_SENSITIVE = 0x162, 0x163, 0x164, 0x165
CHECK_VALUE, EC_PARAMS, EC_POINT = 0x173, 0x180, 0x181
PARAMETER_SET = 0x61D
ENGINE, FIPS, PUBLIC_VALUE = 0x80005304, 0x80005305, 0x80005308
PUBLIC, PRIVATE, SECRET = (struct.pack(">I", number) for number in (2, 3, 4))


def chain_of(pem: bytes) -> tuple[x509.Certificate, x509.Certificate]:
    """The attester's certificate and the root, checked."""
    leaf, root = x509.load_pem_x509_certificates(pem)
    root.verify_directly_issued_by(root)
    leaf.verify_directly_issued_by(root)
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    return leaf, root


def attributes_of(blob: bytes, leaf: x509.Certificate) -> dict[int, bytes]:
    """What a blob says, once its signature is checked."""
    signed, signature = blob[:-_SIGNATURE_BYTES], blob[-_SIGNATURE_BYTES:]
    leaf.public_key().verify(signature, signed)
    magic, version, count, size = _HEADER.unpack_from(signed)
    assert (magic, version, size) == (b"STRGROOM", 1, len(signed) - _HEADER.size)
    attributes, at = {}, _HEADER.size
    for _ in range(count):
        kind, length = struct.unpack_from(">II", signed, at)
        attributes[kind] = signed[at + 8 : at + 8 + length]
        at += 8 + length
    assert at == len(signed) and list(attributes) == sorted(attributes) and len(attributes) == count
    return attributes
