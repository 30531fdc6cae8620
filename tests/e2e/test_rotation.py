"""Rotation as an application sees it through the released Python SDK."""

from datetime import datetime, timedelta, timezone

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.keys import KeyRotationLifetimeAction, KeyRotationPolicy, KeyRotationPolicyAction

MONTHLY = [KeyRotationLifetimeAction(KeyRotationPolicyAction.rotate, time_after_create="P30D")]


def test_a_key_has_no_policy_until_one_is_set(keys, name):
    keys.create_ec_key(name)

    policy = keys.get_key_rotation_policy(name)

    assert policy.lifetime_actions == []
    assert (policy.expires_in, policy.created_on, policy.updated_on) == (None, None, None)


def test_a_policy_comes_back_as_it_was_set(keys, name, rig):
    keys.create_ec_key(name)

    answered = keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY, expires_in="P90D")
    found = keys.get_key_rotation_policy(name)

    for policy in (answered, found):
        (action,) = policy.lifetime_actions
        assert action.action == "rotate"  # in lower case on a Managed HSM
        assert (action.time_after_create, action.time_before_expiry) == ("P30D", None)
        assert policy.expires_in == "P90D"
        assert policy.id == f"{rig.url}/keys/{name}/rotationpolicy"
        assert policy.created_on is not None and policy.updated_on is not None


def test_a_policy_that_counts_from_the_expiry_comes_back_too(keys, name):
    keys.create_ec_key(name)
    actions = [KeyRotationLifetimeAction("Rotate", time_before_expiry="P30D")]

    keys.update_key_rotation_policy(name, KeyRotationPolicy(lifetime_actions=actions, expires_in="P1Y"))

    (action,) = keys.get_key_rotation_policy(name).lifetime_actions
    assert (action.time_after_create, action.time_before_expiry) == (None, "P30D")


def test_an_empty_policy_removes_it(keys, name):
    keys.create_ec_key(name)
    keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY)

    keys.update_key_rotation_policy(name, KeyRotationPolicy())

    assert keys.get_key_rotation_policy(name).lifetime_actions == []
    with pytest.raises(HttpResponseError) as refused:
        keys.rotate_key(name)
    assert refused.value.status_code == 400


def test_a_rotated_key_has_a_new_version_that_expires_as_the_policy_says(keys, name):
    first = keys.create_rsa_key(name, size=2048, public_exponent=3, key_operations=["sign", "verify"], tags={"a": "1"})
    keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY, expires_in="P90D")

    second = keys.rotate_key(name)

    assert second.id != first.id and second.key.n != first.key.n
    assert (second.key.kty, len(second.key.n), second.key.e) == (first.key.kty, len(first.key.n), first.key.e)
    assert sorted(second.key_operations) == ["sign", "verify"]
    assert second.properties.tags == {"a": "1"}
    lifetime = second.properties.expires_on - second.properties.created_on
    assert lifetime == timedelta(days=90)
    assert keys.get_key(name).id == second.id
    assert keys.get_key(name, first.properties.version).properties.expires_on is None
    assert len(list(keys.list_properties_of_key_versions(name))) == 2


@pytest.mark.parametrize("kind", [{"kty": "EC-HSM", "crv": "P-521"}, {"kty": "EC-HSM", "crv": "P-256K"},
                                  {"kty": "oct-HSM", "key_size": 192}], ids=lambda kind: "-".join(map(str, kind.values())))
def test_every_kind_of_key_rotates_into_its_own_kind(rig, keys, cryptography_of, name, kind):
    first = rig.rest(rig.user).create_key(name, **kind)
    keys.update_key_rotation_policy(name, KeyRotationPolicy(expires_in="P28D"))

    second = keys.rotate_key(name)

    assert second.key.kty == first["key"]["kty"]
    assert second.key.crv == first["key"].get("crv")
    if second.key.kty == "oct-HSM":
        assert cryptography_of(second.id).encrypt("A192GCM", b"text").ciphertext
    else:
        assert second.key.x != first["key"]["x"]


def test_what_the_old_version_encrypted_it_still_decrypts(keys, cryptography_of, name):
    first = keys.create_rsa_key(name, size=2048)
    ciphertext = cryptography_of(first.id).encrypt("RSA-OAEP-256", b"old letter").ciphertext
    keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY)

    keys.rotate_key(name)

    assert cryptography_of(first.id).decrypt("RSA-OAEP-256", ciphertext).plaintext == b"old letter"


def test_unknown_and_deleted_keys_are_not_found(keys, name):
    for call in (keys.get_key_rotation_policy, keys.rotate_key):
        with pytest.raises(ResourceNotFoundError):
            call(name)
    keys.create_ec_key(name)
    keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY)
    keys.begin_delete_key(name).wait()

    for call in (keys.get_key_rotation_policy, keys.rotate_key):
        with pytest.raises(ResourceNotFoundError):
            call(name)
    with pytest.raises(ResourceNotFoundError):
        keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY)

    keys.begin_recover_deleted_key(name).wait()
    assert len(keys.get_key_rotation_policy(name).lifetime_actions) == 1


def test_rotation_needs_rights_of_its_own(rig, name):
    rig.rest(rig.user).create_key(name, kty="EC-HSM")
    outsider = rig.rest(rig.outsider)
    calls = {
        "keys/rotate/action": outsider.post(f"/keys/{name}/rotate"),
        "keys/read/action": outsider.get(f"/keys/{name}/rotationpolicy"),
        "keys/write/action": outsider.put(f"/keys/{name}/rotationpolicy", {}),
    }

    for action, answer in calls.items():
        assert answer.status_code == 403
        assert f"Microsoft.KeyVault/managedHsm/{action} on /keys/{name}" in answer.json()["error"]["message"]


def test_an_expiry_that_is_set_on_a_version_does_not_come_from_the_policy(keys, name):
    keys.create_ec_key(name, expires_on=datetime(2037, 1, 1, tzinfo=timezone.utc))
    keys.update_key_rotation_policy(name, KeyRotationPolicy(), lifetime_actions=MONTHLY)

    assert keys.rotate_key(name).properties.expires_on is None
