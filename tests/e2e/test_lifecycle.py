"""A key's life as an application sees it through the released Python SDK."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.keys import KeyCurveName, KeyOperation
from cryptography.hazmat.primitives.asymmetric import ec

from harness.rest import b64u

RSA_OPERATIONS = {"wrapKey", "unwrapKey", "encrypt", "decrypt", "sign", "verify"}


def test_a_key_is_created_and_found_again(keys, name):
    created = keys.create_rsa_key(name, size=2048, hardware_protected=True)
    found = keys.get_key(name)

    assert found.id == created.id
    assert found.key.n == created.key.n
    assert found.key_type == "RSA-HSM"


def test_its_id_carries_the_hosts_name_and_a_version_of_32_hex_digits(keys, name, rig):
    created = keys.create_ec_key(name, hardware_protected=True)

    assert re.fullmatch(re.escape(f"{rig.url}/keys/{name}/") + "[0-9a-f]{32}", created.id)


@pytest.mark.parametrize("size", [2048, 3072, 4096])
def test_an_rsa_key_has_the_size_that_was_asked_for(keys, name, size):
    key = keys.create_rsa_key(name, size=size, hardware_protected=True)

    assert len(key.key.n) * 8 == size
    assert int.from_bytes(key.key.e, "big") == 65537
    assert set(key.key_operations) == RSA_OPERATIONS


@pytest.mark.parametrize(
    "curve, width", [("P-256", 32), ("P-384", 48), ("P-521", 66), ("P-256K", 32)], ids=lambda value: str(value)
)
def test_an_ec_key_is_a_point_of_its_curve_in_fixed_width(keys, name, curve, width):
    key = keys.create_ec_key(name, curve=KeyCurveName(curve), hardware_protected=True)

    assert key.key.crv == curve
    assert len(key.key.x) == len(key.key.y) == width
    assert set(key.key_operations) == {"sign", "verify"}


def test_openssls_name_of_secp256k1_is_understood_on_import(own, name):
    """az writes it, from a PEM file; the answer has the service's own."""
    numbers = ec.generate_private_key(ec.SECP256K1()).private_numbers()
    members = {"x": numbers.public_numbers.x, "y": numbers.public_numbers.y, "d": numbers.private_value}
    jwk = {member: b64u(number.to_bytes(32, "big")) for member, number in members.items()}

    imported = own.rest(own.user).put(f"/keys/{name}", {"key": {"kty": "EC", "crv": "SECP256K1", **jwk}})

    assert imported.status_code == 200, imported.text
    assert imported.json()["key"]["crv"] == "P-256K"


@pytest.mark.parametrize("size", [128, 192, 256])
def test_a_symmetric_key_shows_nothing_of_its_material(keys, name, size):
    key = keys.create_oct_key(name, size=size, hardware_protected=True)

    assert key.key_type == "oct-HSM"
    assert key.key.k is None


def test_a_symmetric_keys_size_is_shown_to_api_versions_that_have_it(rig, name):
    rest = rig.rest(rig.user)
    rest.create_key(name, kty="oct-HSM", key_size=192)
    rest.create_key(f"{name}-ec", kty="EC-HSM")

    def shown(path: str, version: str) -> list:
        answer = rest.get(path, params={"api-version": version})
        assert answer.status_code == 200, answer.text
        items = answer.json().get("value", [answer.json()])
        return [item["attributes"].get("key_size") for item in items]

    for _ in range(2):  # the second time from what the first one left in memory
        for version in ("7.4", "2025-07-01"):
            assert shown(f"/keys/{name}", version) == shown(f"/keys/{name}/versions", version) == [None]
        for version in ("2026-01-01-preview", "2026-07-01-preview"):
            assert shown(f"/keys/{name}", version) == shown(f"/keys/{name}/versions", version) == [192]
            assert shown(f"/keys/{name}-ec", version) == [None]


@pytest.mark.parametrize("create", ["create_rsa_key", "create_ec_key", "create_oct_key"])
def test_a_key_asked_for_in_software_is_made_in_the_hsm_all_the_same(keys, name, create):
    key = getattr(keys, create)(name, hardware_protected=False)

    assert key.key_type.endswith("-HSM")


def test_a_new_key_is_enabled_recoverable_and_not_exportable(keys, name):
    properties = keys.create_ec_key(name).properties

    assert properties.enabled is True
    assert properties.exportable is False
    assert properties.recoverable_days == 90
    assert properties.recovery_level == "Recoverable+Purgeable"
    assert properties.expires_on is None and properties.not_before is None
    assert not properties.tags
    assert abs(datetime.now(timezone.utc) - properties.created_on) < timedelta(minutes=1)


def test_what_is_set_at_creation_is_stored(keys, name):
    begin = datetime(2030, 1, 1, tzinfo=timezone.utc)
    end = datetime(2050, 1, 2, tzinfo=timezone.utc)
    keys.create_rsa_key(
        name,
        size=2048,
        key_operations=[KeyOperation.sign, KeyOperation.verify],
        enabled=False,
        not_before=begin,
        expires_on=end,
        tags={"purpose": "payroll"},
    )

    found = keys.get_key(name)

    assert set(found.key_operations) == {"sign", "verify"}
    assert found.properties.enabled is False
    assert (found.properties.not_before, found.properties.expires_on) == (begin, end)
    assert found.properties.tags == {"purpose": "payroll"}


def test_a_public_exponent_of_3_is_honoured(keys, name):
    key = keys.create_rsa_key(name, size=2048, public_exponent=3, hardware_protected=True)

    assert int.from_bytes(key.key.e, "big") == 3


def test_an_update_replaces_what_it_names_and_leaves_the_rest(keys, name):
    keys.create_rsa_key(name, size=2048, tags={"a": "1", "b": "2"})

    keys.update_key_properties(name, tags={"c": "3"})
    updated = keys.update_key_properties(name, key_operations=["sign"])

    assert updated.properties.tags == {"c": "3"}
    assert updated.key_operations == ["sign"]
    assert updated.properties.enabled is True


def test_a_second_creation_makes_a_new_version_and_keeps_the_old(keys, name):
    first = keys.create_ec_key(name)
    second = keys.create_ec_key(name)

    assert first.properties.version != second.properties.version
    assert keys.get_key(name).id == second.id
    assert keys.get_key(name, first.properties.version).key.x == first.key.x
    listed = {properties.version for properties in keys.list_properties_of_key_versions(name)}
    assert listed == {first.properties.version, second.properties.version}


def test_an_update_of_one_version_leaves_the_others(keys, name):
    first = keys.create_ec_key(name)
    keys.create_ec_key(name)

    keys.update_key_properties(name, version=first.properties.version, enabled=False)

    assert keys.get_key(name, first.properties.version).properties.enabled is False
    assert keys.get_key(name).properties.enabled is True


def test_an_unknown_key_is_not_found(keys, name):
    with pytest.raises(ResourceNotFoundError) as refused:
        keys.get_key(name)

    assert refused.value.error.code == "KeyNotFound"


def test_versions_of_an_unknown_key_are_an_empty_list(keys, name):
    assert list(keys.list_properties_of_key_versions(name)) == []


@pytest.mark.parametrize("count", [1, 32, 128])
def test_random_bytes_come_in_the_number_asked_for(keys, count):
    first, second = keys.get_random_bytes(count), keys.get_random_bytes(count)

    assert len(first) == len(second) == count
    assert count < 8 or first != second
