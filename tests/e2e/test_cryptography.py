"""Every cryptographic operation, each result checked by another implementation: the SDK's local cryptography or the
`cryptography` package, which know only the public key."""

import hashlib
import secrets

import pytest
from azure.core.exceptions import HttpResponseError
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm, KeyWrapAlgorithm, SignatureAlgorithm
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from harness.rest import b64u, unb64u

MESSAGE = b"Ten thousand to Alice."

RSA_SIGNATURES = {
    SignatureAlgorithm.rs256: (hashes.SHA256(), padding.PKCS1v15()),
    SignatureAlgorithm.rs384: (hashes.SHA384(), padding.PKCS1v15()),
    SignatureAlgorithm.rs512: (hashes.SHA512(), padding.PKCS1v15()),
    SignatureAlgorithm.ps256: (hashes.SHA256(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
    SignatureAlgorithm.ps384: (hashes.SHA384(), padding.PSS(padding.MGF1(hashes.SHA384()), 48)),
    SignatureAlgorithm.ps512: (hashes.SHA512(), padding.PSS(padding.MGF1(hashes.SHA512()), 64)),
}
RSA_ENCRYPTIONS = ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256"]
EC_SIGNATURES = {  # algorithm: curve here, curve there, hash
    "ES256": ("P-256", ec.SECP256R1(), hashes.SHA256()),
    "ES384": ("P-384", ec.SECP384R1(), hashes.SHA384()),
    "ES512": ("P-521", ec.SECP521R1(), hashes.SHA512()),
    "ES256K": ("P-256K", ec.SECP256K1(), hashes.SHA256()),
}


def digest_of(message: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    return hashlib.new(algorithm.name, message).digest()


def rsa_public_key(key):
    return rsa.RSAPublicNumbers(int.from_bytes(key.key.e, "big"), int.from_bytes(key.key.n, "big")).public_key()


def tampered(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("size", [2048, 3072, 4096])
def test_rsa_signatures_verify_outside_with_the_public_key(keys, cryptography_of, name, size):
    key = keys.create_rsa_key(name, size=size, hardware_protected=True)
    client, local = cryptography_of(key), CryptographyClient.from_jwk(key.key)

    for algorithm, (hash_, scheme) in RSA_SIGNATURES.items():
        digest = digest_of(MESSAGE, hash_)
        signature = client.sign(algorithm, digest).signature

        rsa_public_key(key).verify(signature, digest, scheme, utils.Prehashed(hash_))
        assert local.verify(algorithm, digest, signature).is_valid, algorithm
        assert not local.verify(algorithm, digest_of(b"Eleven", hash_), signature).is_valid, algorithm


@pytest.mark.parametrize("algorithm", RSA_SIGNATURES, ids=lambda algorithm: algorithm.value)
def test_the_hsm_tells_a_true_rsa_signature_from_a_false_one(keys, cryptography_of, rig, name, algorithm):
    key = keys.create_rsa_key(name, size=2048, hardware_protected=True)
    digest = digest_of(MESSAGE, RSA_SIGNATURES[algorithm][0])
    signature = cryptography_of(key).sign(algorithm, digest).signature

    def verdict(value: bytes) -> bool:
        body = {"alg": algorithm.value, "digest": b64u(digest), "value": b64u(value)}
        return rig.rest(rig.user).post(f"/keys/{name}/{key.properties.version}/verify", body).json()["value"]

    assert verdict(signature) is True
    assert verdict(tampered(signature)) is False


@pytest.mark.parametrize("value", [MESSAGE, secrets.token_bytes(245), b"x"], ids=["text", "longest", "shortest"])
def test_rsnull_signs_a_value_as_it_is(rig, name, value):
    rest = rig.rest(rig.user)
    jwk = rest.create_key(name, kty="RSA-HSM", key_size=2048)["key"]
    numbers = rsa.RSAPublicNumbers(*(int.from_bytes(unb64u(jwk[member]), "big") for member in "en"))

    signature = unb64u(rest.post(f"/keys/{name}/sign", {"alg": "RSNULL", "value": b64u(value)}).json()["value"])

    assert numbers.public_key().recover_data_from_signature(signature, padding.PKCS1v15(), None) == value
    for changed, good in ((signature, True), (tampered(signature), False)):
        body = {"alg": "RSNULL", "digest": b64u(value), "value": b64u(changed)}
        assert rest.post(f"/keys/{name}/verify", body).json()["value"] is good
    too_long = rest.post(f"/keys/{name}/sign", {"alg": "RSNULL", "value": b64u(bytes(246))})
    assert (too_long.status_code, too_long.json()["error"]["code"]) == (400, "BadParameter")


@pytest.mark.parametrize("algorithm", RSA_ENCRYPTIONS)
def test_what_is_encrypted_outside_with_the_public_key_is_decrypted_inside(keys, cryptography_of, name, algorithm):
    key = keys.create_rsa_key(name, size=2048, hardware_protected=True)
    client, local = cryptography_of(key), CryptographyClient.from_jwk(key.key)
    encryption, wrapping = EncryptionAlgorithm(algorithm), KeyWrapAlgorithm(algorithm)

    assert client.decrypt(encryption, local.encrypt(encryption, MESSAGE).ciphertext).plaintext == MESSAGE
    data_key = secrets.token_bytes(32)
    assert client.unwrap_key(wrapping, local.wrap_key(wrapping, data_key).encrypted_key).key == data_key


@pytest.mark.parametrize("algorithm", RSA_ENCRYPTIONS)
@pytest.mark.parametrize("there, back", [("encrypt", "decrypt"), ("wrapkey", "unwrapkey")])
def test_the_hsm_encrypts_with_rsa_as_well_and_never_twice_alike(rig, name, algorithm, there, back):
    rest = rig.rest(rig.user)
    rest.create_key(name, kty="RSA-HSM")
    body = {"alg": algorithm, "value": b64u(MESSAGE)}

    one, two = (rest.post(f"/keys/{name}/{there}", body).json()["value"] for _ in range(2))

    assert one != two
    for ciphertext in (one, two):
        answer = rest.post(f"/keys/{name}/{back}", {"alg": algorithm, "value": ciphertext}).json()
        assert unb64u(answer["value"]) == MESSAGE


@pytest.mark.parametrize("algorithm", EC_SIGNATURES)
def test_ec_signatures_verify_outside_with_the_public_key(keys, cryptography_of, name, algorithm):
    curve, outside_curve, hash_ = EC_SIGNATURES[algorithm]
    key = keys.create_ec_key(name, curve=curve, hardware_protected=True)
    digest = digest_of(MESSAGE, hash_)

    signature = cryptography_of(key).sign(algorithm, digest).signature

    half = len(signature) // 2
    der = utils.encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    point = ec.EllipticCurvePublicNumbers(
        int.from_bytes(key.key.x, "big"), int.from_bytes(key.key.y, "big"), outside_curve
    )
    point.public_key().verify(der, digest, ec.ECDSA(utils.Prehashed(hash_)))
    with pytest.raises(InvalidSignature):
        point.public_key().verify(der, tampered(digest), ec.ECDSA(utils.Prehashed(hash_)))


@pytest.mark.parametrize("algorithm", EC_SIGNATURES)
def test_the_hsm_accepts_an_ec_signature_once_and_refuses_it_changed(keys, cryptography_of, rig, name, algorithm):
    curve, _, hash_ = EC_SIGNATURES[algorithm]
    key = keys.create_ec_key(name, curve=curve, hardware_protected=True)
    digest = digest_of(MESSAGE, hash_)
    signature = cryptography_of(key).sign(algorithm, digest).signature

    def verdict(value: bytes) -> bool:
        body = {"alg": algorithm, "digest": b64u(digest), "value": b64u(value)}
        return rig.rest(rig.user).post(f"/keys/{name}//verify", body).json()["value"]

    assert verdict(signature) is True
    assert verdict(tampered(signature)) is False


@pytest.mark.parametrize("size", [128, 192, 256])
def test_gcm_returns_its_own_nonce_and_a_tag_that_guards_text_and_context(keys, cryptography_of, name, size):
    client = cryptography_of(keys.create_oct_key(name, size=size, hardware_protected=True))
    algorithm = f"A{size}GCM"

    sealed = client.encrypt(algorithm, MESSAGE, additional_authenticated_data=b"invoice 7")

    assert (len(sealed.iv), len(sealed.tag), len(sealed.ciphertext)) == (12, 16, len(MESSAGE))
    parts = {"iv": sealed.iv, "authentication_tag": sealed.tag, "additional_authenticated_data": b"invoice 7"}
    assert client.decrypt(algorithm, sealed.ciphertext, **parts).plaintext == MESSAGE
    for change in (
        {"authentication_tag": tampered(sealed.tag)},
        {"iv": tampered(sealed.iv)},
        {"additional_authenticated_data": b"invoice 8"},
    ):
        with pytest.raises(HttpResponseError) as refused:
            client.decrypt(algorithm, sealed.ciphertext, **(parts | change))
        assert refused.value.status_code == 400


@pytest.mark.parametrize("size", [128, 192, 256])
def test_cbc_pads_with_zeros_and_cbcpad_restores_the_exact_text(keys, cryptography_of, name, size):
    client = cryptography_of(keys.create_oct_key(name, size=size, hardware_protected=True))
    nonce = secrets.token_bytes(16)

    zero_padded = client.encrypt(f"A{size}CBC", MESSAGE, iv=nonce).ciphertext
    padded = client.encrypt(f"A{size}CBCPAD", MESSAGE, iv=nonce).ciphertext

    assert client.decrypt(f"A{size}CBC", zero_padded, iv=nonce).plaintext == MESSAGE.ljust(32, b"\0")
    assert client.decrypt(f"A{size}CBCPAD", padded, iv=nonce).plaintext == MESSAGE


@pytest.mark.parametrize("size", [128, 192, 256])
def test_key_wrap_is_eight_bytes_longer_and_notices_a_changed_bit(keys, cryptography_of, name, size):
    client = cryptography_of(keys.create_oct_key(name, size=size, hardware_protected=True))
    data_key = secrets.token_bytes(32)

    wrapped = client.wrap_key(f"A{size}KW", data_key).encrypted_key

    assert len(wrapped) == 40
    assert client.unwrap_key(f"A{size}KW", wrapped).key == data_key
    with pytest.raises(HttpResponseError) as refused:
        client.unwrap_key(f"A{size}KW", tampered(wrapped))
    assert refused.value.status_code == 400


@pytest.mark.parametrize("algorithm, data_key_bytes", [("CKM_AES_KEY_WRAP", 24), ("CKM_AES_KEY_WRAP_PAD", 21)])
def test_the_pkcs11_spellings_of_key_wrap_round_trip(keys, cryptography_of, name, algorithm, data_key_bytes):
    client = cryptography_of(keys.create_oct_key(name, size=256, hardware_protected=True))
    data_key = secrets.token_bytes(data_key_bytes)

    wrapped = client.wrap_key(algorithm, data_key).encrypted_key

    assert client.unwrap_key(algorithm, wrapped).key == data_key


@pytest.mark.parametrize("algorithm, mac_bytes", [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_mac_is_recognised_and_a_changed_one_refused(keys, cryptography_of, name, algorithm, mac_bytes):
    key = keys.create_oct_key(name, size=256, hardware_protected=True, key_operations=["sign", "verify"])
    client = cryptography_of(key)

    mac = client.sign(algorithm, MESSAGE).signature

    assert len(mac) == mac_bytes
    assert client.verify(algorithm, MESSAGE, mac).is_valid
    assert not client.verify(algorithm, MESSAGE, tampered(mac)).is_valid


@pytest.mark.parametrize(
    "kty, algorithm, operation",
    [
        ("RSA-HSM", "ES256", "sign"),
        ("RSA-HSM", "A256KW", "wrapkey"),
        ("EC-HSM", "RS256", "sign"),
        ("EC-HSM", "ES384", "sign"),
        ("oct-HSM", "RS256", "sign"),
        ("oct-HSM", "A128KW", "wrapkey"),
        ("oct-HSM", "A128GCM", "encrypt"),
    ],
)
def test_an_algorithm_that_does_not_suit_the_key_is_a_clear_error(rig, name, kty, algorithm, operation):
    rest = rig.rest(rig.user)
    rest.create_key(name, kty=kty, key_ops=["sign"] if kty == "EC-HSM" else None)

    answer = rest.post(f"/keys/{name}/{operation}", {"alg": algorithm, "value": b64u(bytes(32))})

    assert answer.status_code in (400, 403)
    assert answer.json()["error"]["code"]
