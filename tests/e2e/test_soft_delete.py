"""What is left of a deleted key until it is purged, by request or by time."""

import itertools

import pytest

from harness import roles
from harness.instance import Instance

PORTS = itertools.count(9650)
DAY = 86_400


@pytest.fixture
def protected(tmp_path):
    """An instance with the shortest retention and purge protection."""
    made = Instance(tmp_path, next(PORTS), retention_days=7, purge_protection=True)
    yield made
    made.close()


def refusal(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_deleted_keys_name_is_taken_until_it_is_recovered_or_purged(rig, name):
    rest = rig.rest(rig.user)
    rest.create_key(name, kty="EC-HSM")
    rest.delete(f"/keys/{name}")
    imported = {"key": {"kty": "oct-HSM", "k": "A" * 43, "key_ops": ["wrapKey"]}}

    for spelling in (name, name.upper()):
        assert refusal(rest.post(f"/keys/{spelling}/create", {"kty": "EC-HSM"})) == (409, "Conflict")
        assert refusal(rest.put(f"/keys/{spelling}", imported)) == (409, "Conflict")

    assert rest.delete(f"/deletedkeys/{name}").status_code == 204
    assert rest.post(f"/keys/{name}/create", {"kty": "EC-HSM"}).status_code == 200


def test_a_deleted_key_says_until_when_it_can_be_recovered(rig, name):
    rest = rig.rest(rig.user)
    rest.create_key(name, kty="EC-HSM")

    deleted = rest.delete(f"/keys/{name}").json()

    assert deleted["scheduledPurgeDate"] - deleted["deletedDate"] == 90 * DAY
    assert deleted["attributes"]["recoveryLevel"] == "Recoverable+Purgeable"
    assert rest.get(f"/deletedkeys/{name}").json() == deleted


def test_under_purge_protection_a_key_is_not_purged_but_can_be_recovered(protected, name):
    rest = protected.session()
    created = rest.create_key(name, kty="EC-HSM")
    assert created["attributes"]["recoveryLevel"] == "CustomizedRecoverable"
    assert created["attributes"]["recoverableDays"] == 7

    deleted = rest.delete(f"/keys/{name}").json()

    assert deleted["scheduledPurgeDate"] - deleted["deletedDate"] == 7 * DAY
    assert refusal(rest.delete(f"/deletedkeys/{name}")) == (403, "Forbidden")
    assert rest.post(f"/deletedkeys/{name}/recover").json()["key"]["kid"] == created["key"]["kid"]


def test_a_role_on_a_key_survives_its_deletion_and_recovery(own, name):
    administrator, user, guest = own.rest(own.administrator), own.rest(own.user), own.rest(own.outsider)
    user.create_key(name, kty="EC-HSM")
    assignment = roles.grant(administrator, own.outsider.object_id, roles.CRYPTO_USER, f"/keys/{name}")
    try:
        user.delete(f"/keys/{name}")
        assert guest.get(f"/keys/{name}").status_code == 404, "allowed, but it is not there"
        user.post(f"/deletedkeys/{name}/recover")
        assert guest.get(f"/keys/{name}").status_code == 200
    finally:
        roles.revoke(administrator, assignment)


# Assignments hang on the name: they can be made before the key, and nothing says that a purge removes them.
def test_a_role_on_a_key_survives_its_purge(own, name):
    administrator, user, guest = own.rest(own.administrator), own.rest(own.user), own.rest(own.outsider)
    user.create_key(name, kty="EC-HSM")
    assignment = roles.grant(administrator, own.outsider.object_id, roles.CRYPTO_AUDITOR, f"/keys/{name}")
    try:
        user.delete(f"/keys/{name}")
        user.delete(f"/deletedkeys/{name}")
        assert guest.get(f"/keys/{name}").status_code == 404
        user.create_key(name, kty="EC-HSM")
        assert guest.get(f"/keys/{name}").status_code == 200
    finally:
        roles.revoke(administrator, assignment)


def test_a_recovered_key_has_all_its_versions_and_they_still_work(own, name):
    rest = own.rest(own.user)
    kids = [rest.create_key(name, kty="oct-HSM", key_size=256)["key"]["kid"] for _ in range(3)]
    wrapped = [rest.post(kid.removeprefix(own.url) + "/wrapkey", {"alg": "A256KW", "value": "A" * 43}).json() for kid in kids]
    rest.delete(f"/keys/{name}")
    for kid in kids:
        assert rest.get(kid.removeprefix(own.url)).status_code == 404

    rest.post(f"/deletedkeys/{name}/recover")

    assert {item["kid"] for item in rest.get(f"/keys/{name}/versions").json()["value"]} == set(kids)
    for kid, value in zip(kids, wrapped):
        body = {"alg": "A256KW", "value": value["value"]}
        assert rest.post(kid.removeprefix(own.url) + "/unwrapkey", body).json()["value"] == "A" * 43
