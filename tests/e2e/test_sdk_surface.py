"""The whole surface of the Python SDK's two clients, blocking and asynchronous: each public method has a scenario here,
and a release that brings a new one fails until it has one, too."""

import asyncio
import hashlib
import json
from datetime import datetime, timezone

import jwt
import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.core.rest import HttpRequest
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential
from azure.keyvault.keys import ApiVersion, JsonWebKey, KeyClient, KeyReleasePolicy, KeyRotationPolicy
from azure.keyvault.keys.aio import KeyClient as AsyncKeyClient
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm
from azure.keyvault.keys.crypto.aio import CryptographyClient as AsyncCryptographyClient
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from harness.sdk import Sdk, public_members

DIGEST = hashlib.sha256(b"Ten thousand to Alice.").digest()
DATA_KEY = bytes(range(32))

KEY_CLIENTS = {"blocking": (KeyClient, DefaultAzureCredential), "async": (AsyncKeyClient, AsyncDefaultAzureCredential)}
CRYPTOGRAPHY_CLIENTS = {
    "blocking": (CryptographyClient, DefaultAzureCredential),
    "async": (AsyncCryptographyClient, AsyncDefaultAzureCredential),
}


class Flavour:
    """One flavour of the SDK, with a user's environment in force; closes what it made."""

    def __init__(self, name: str, url: str):
        self.name = name
        self.url = url
        self.loop = asyncio.new_event_loop() if name == "async" else None
        self.credential = KEY_CLIENTS[name][1]()
        self.clients = []

    def keys(self) -> Sdk:
        return self._keep(KEY_CLIENTS[self.name][0](self.url, self.credential))

    def cryptography(self, key) -> Sdk:
        return self._keep(CRYPTOGRAPHY_CLIENTS[self.name][0](key, self.credential))

    def _keep(self, client) -> Sdk:
        self.clients.append(Sdk(client, self.loop))
        return self.clients[-1]

    def close(self) -> None:
        for client in [*self.clients, Sdk(self.credential, self.loop)]:
            client.close()
        if self.loop:
            self.loop.run_until_complete(asyncio.sleep(0))  # lets closed connections leave the loop
            self.loop.close()


@pytest.fixture
def sdk(request, own, monkeypatch):
    for variable, value in own.environment(own.user).items():
        monkeypatch.setenv(variable, value)
    flavour = Flavour(request.param, own.url)
    yield flavour
    flavour.close()


class KeyScenarios:
    """A scenario a public method of KeyClient, under the blocking client's name for it."""

    def __init__(self, rig):
        self.rig = rig

    def create_key(self, keys, name):
        key = keys.create_key(name, "RSA-HSM", size=3072, tags={"a": "1"})
        assert (key.key_type, len(key.key.n), key.properties.tags) == ("RSA-HSM", 384, {"a": "1"})

    def create_rsa_key(self, keys, name):
        assert len(keys.create_rsa_key(name, size=2048, hardware_protected=True).key.n) == 256

    def create_ec_key(self, keys, name):
        assert keys.create_ec_key(name, curve="P-384", hardware_protected=True).key.crv == "P-384"

    def create_oct_key(self, keys, name):
        assert keys.create_oct_key(name, size=192, hardware_protected=True).key_type == "oct-HSM"

    def import_key(self, keys, name):
        numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
        public = numbers.public_numbers
        members = {"x": public.x, "y": public.y, "d": numbers.private_value}
        jwk = JsonWebKey(kty="EC", crv="P-256", **{member: n.to_bytes(32, "big") for member, n in members.items()})
        imported = keys.import_key(name, jwk, hardware_protected=True)
        assert (imported.key_type, imported.key.x, imported.key.d) == ("EC-HSM", public.x.to_bytes(32, "big"), None)

    def get_key(self, keys, name):
        first, second = keys.create_ec_key(name), keys.create_ec_key(name)
        assert keys.get_key(name).id == second.id
        assert keys.get_key(name, first.properties.version).id == first.id

    def update_key_properties(self, keys, name):
        keys.create_ec_key(name)
        end = datetime(2050, 1, 1, tzinfo=timezone.utc)
        assert keys.update_key_properties(name, expires_on=end, enabled=False).properties.expires_on == end
        assert keys.get_key(name).properties.enabled is False

    def list_properties_of_keys(self, keys, name):
        keys.create_ec_key(name)
        assert name in {properties.name for properties in keys.list_properties_of_keys()}

    def list_properties_of_key_versions(self, keys, name):
        made = {keys.create_ec_key(name).properties.version for _ in range(3)}
        assert {properties.version for properties in keys.list_properties_of_key_versions(name)} == made

    def begin_delete_key(self, keys, name):
        keys.create_ec_key(name)
        assert keys.delete_key(name).recovery_id.endswith(f"/deletedkeys/{name}")
        with pytest.raises(ResourceNotFoundError):
            keys.get_key(name)

    def get_deleted_key(self, keys, name):
        key = keys.create_ec_key(name)
        keys.delete_key(name)
        assert keys.get_deleted_key(name).id == key.id

    def list_deleted_keys(self, keys, name):
        keys.create_ec_key(name)
        keys.delete_key(name)
        assert name in {deleted.name for deleted in keys.list_deleted_keys()}

    def begin_recover_deleted_key(self, keys, name):
        key = keys.create_ec_key(name)
        keys.delete_key(name)
        assert keys.recover_deleted_key(name).id == key.id
        assert keys.get_key(name).id == key.id

    def purge_deleted_key(self, keys, name):
        keys.create_ec_key(name)
        keys.delete_key(name)
        keys.purge_deleted_key(name)
        with pytest.raises(ResourceNotFoundError):
            keys.get_deleted_key(name)

    def backup_key(self, keys, name):
        keys.create_ec_key(name)
        assert len(keys.backup_key(name)) > 100

    def restore_key_backup(self, keys, name):
        key = keys.create_ec_key(name)
        blob = keys.backup_key(name)
        keys.delete_key(name)
        keys.purge_deleted_key(name)
        assert keys.restore_key_backup(blob).id == key.id

    def update_key_rotation_policy(self, keys, name):
        keys.create_ec_key(name)
        policy = keys.update_key_rotation_policy(name, KeyRotationPolicy(), expires_in="P90D")
        assert policy.expires_in == "P90D"

    def get_key_rotation_policy(self, keys, name):
        keys.create_ec_key(name)
        keys.update_key_rotation_policy(name, KeyRotationPolicy(), expires_in="P90D")
        assert keys.get_key_rotation_policy(name).expires_in == "P90D"

    def rotate_key(self, keys, name):
        first = keys.create_rsa_key(name, size=2048)
        keys.update_key_rotation_policy(name, KeyRotationPolicy(), expires_in="P90D")
        second = keys.rotate_key(name)
        assert second.id != first.id and second.key.n != first.key.n

    def release_key(self, keys, name):
        policy = KeyReleasePolicy(json.dumps(self.rig.attestation.policy()).encode())
        key = keys.create_ec_key(name, hardware_protected=True, exportable=True, release_policy=policy)
        released = keys.release_key(name, self.rig.attestation.token())
        payload = jwt.decode(released.value, options={"verify_signature": False})  # e2e/test_release.py opens it
        assert payload["response"]["key"]["key"]["kid"] == key.id

    def get_key_attestation(self, keys, name):
        keys.create_ec_key(name)
        attestation = keys.get_key_attestation(name).properties.attestation
        assert attestation.version == "STRONGROOM-1"
        assert attestation.private_key_attestation and attestation.public_key_attestation

    def get_random_bytes(self, keys, name):
        assert len(keys.get_random_bytes(16)) == 16

    def get_cryptography_client(self, keys, name):
        key = keys.create_ec_key(name)
        client = keys.get_cryptography_client(name, key_version=key.properties.version)
        assert client.key_id == key.id

    def send_request(self, keys, name):
        keys.create_ec_key(name)
        request = HttpRequest("GET", f"{keys.vault_url}/keys/{name}", params={"api-version": ApiVersion.V7_4.value})
        assert keys.send_request(request).status_code == 200

    def vault_url(self, keys, name):
        assert keys.create_ec_key(name).id.startswith(f"{keys.vault_url}/keys/{name}/")

    def close(self, keys, name):
        keys.close()


class CryptographyScenarios:
    """A scenario a public method of CryptographyClient; e2e/test_remote_and_local.py has every algorithm."""

    def encrypt(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_oct_key(name, size=256))
        assert len(client.encrypt("A256GCM", DATA_KEY).ciphertext) == 32
        return client

    def decrypt(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_rsa_key(name, size=2048))
        sealed = client.encrypt("RSA-OAEP-256", DATA_KEY)
        assert client.decrypt("RSA-OAEP-256", sealed.ciphertext).plaintext == DATA_KEY
        return client

    def wrap_key(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_oct_key(name, size=128))
        assert len(client.wrap_key("A128KW", DATA_KEY).encrypted_key) == 40
        return client

    def unwrap_key(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_oct_key(name, size=128))
        assert client.unwrap_key("A128KW", client.wrap_key("A128KW", DATA_KEY).encrypted_key).key == DATA_KEY
        return client

    def sign(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_ec_key(name))
        assert len(client.sign("ES256", DIGEST).signature) == 64
        return client

    def verify(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_ec_key(name))
        signature = client.sign("ES256", DIGEST).signature
        assert client.verify("ES256", DIGEST, signature).is_valid
        assert not client.verify("ES256", bytes(32), signature).is_valid
        return client

    def key_id(self, sdk, keys, name):
        key = keys.create_ec_key(name)
        client = sdk.cryptography(key.id)
        assert client.key_id == key.id
        return client

    def vault_url(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_ec_key(name).id)
        assert client.vault_url == keys.vault_url
        return client

    def from_jwk(self, sdk, keys, name):
        """A client with the public key alone answers without the HSM."""
        key = keys.create_rsa_key(name, size=2048)
        client = sdk.cryptography(key)
        local = Sdk(client.from_jwk(key.key), sdk.loop)
        sealed = local.encrypt(EncryptionAlgorithm.rsa_oaep, DATA_KEY).ciphertext
        assert client.decrypt("RSA-OAEP", sealed).plaintext == DATA_KEY
        return client

    def create_rsa_public_key(self, sdk, keys, name):
        """`cryptography`'s own interface, with the HSM's key behind it."""
        client = sdk.cryptography(keys.create_rsa_key(name, size=2048))
        sealed = client.create_rsa_public_key().encrypt(DATA_KEY, padding.PKCS1v15())
        assert client.decrypt("RSA1_5", sealed).plaintext == DATA_KEY
        return client

    def create_rsa_private_key(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_rsa_key(name, size=2048))
        private: rsa.RSAPrivateKey = client.create_rsa_private_key()
        signature = private.sign(b"Ten thousand to Alice.", padding.PKCS1v15(), hashes.SHA256())
        private.public_key().verify(signature, b"Ten thousand to Alice.", padding.PKCS1v15(), hashes.SHA256())
        return client

    def send_request(self, sdk, keys, name):
        key = keys.create_ec_key(name)
        client = sdk.cryptography(key)
        assert client.send_request(HttpRequest("GET", key.id, params={"api-version": "7.6"})).status_code == 200
        return client

    def close(self, sdk, keys, name):
        client = sdk.cryptography(keys.create_ec_key(name))
        client.close()
        return client


@pytest.mark.parametrize("sdk", KEY_CLIENTS, indirect=True)
@pytest.mark.parametrize("method", sorted(public_members(KeyClient)))
def test_every_method_of_the_key_client(sdk, own, name, method):
    keys = sdk.keys()

    getattr(KeyScenarios(own), method)(keys, name)

    assert {method, method.removeprefix("begin_")} & keys.called


@pytest.mark.parametrize(
    "sdk, method",
    [(flavour, method) for flavour, (kind, _) in CRYPTOGRAPHY_CLIENTS.items() for method in sorted(public_members(kind))],
    indirect=["sdk"],
)
def test_every_method_of_the_cryptography_client(sdk, name, method):
    client = getattr(CryptographyScenarios(), method)(sdk, sdk.keys(), name)

    assert method in client.called


def test_the_asynchronous_clients_have_no_method_that_the_blocking_ones_lack():
    begun = {method.removeprefix("begin_") for method in public_members(KeyClient)}
    assert public_members(AsyncKeyClient) <= begun
    assert public_members(AsyncCryptographyClient) <= public_members(CryptographyClient)
