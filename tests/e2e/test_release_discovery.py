"""Secure key release with keys that the partitions fetch from the attestation authority themselves, over TLS of their
own through the front end."""

import itertools
import json
import secrets

import pytest

from harness.attestation_authority import AttestationAuthority
from harness.instance import Instance
from harness.rest import b64u

PORTS = itertools.count(9643)


class Scene:
    """An instance that knows three authorities: one as it should be, one whose CA is another, one that is away."""

    def __init__(self, directory):
        self.authority = AttestationAuthority(directory / "good", with_numbers=False, chunked=True)
        self.untrusted = AttestationAuthority(directory / "untrusted")
        self.away = AttestationAuthority(directory / "away")
        self.away.close()
        self.instance = Instance(
            directory / "instance",
            next(PORTS),
            attestation_authorities=[
                {"issuer": authority.url, "ca_file": self.authority.ca_file}
                for authority in (self.authority, self.untrusted)
            ]
            + [{"issuer": self.away.url, "ca_file": self.away.ca_file}],
        )
        self.rest = self.instance.session()

    def key(self, authority: AttestationAuthority) -> str:
        name = f"key-{secrets.token_hex(4)}"
        policy = {"data": b64u(json.dumps(authority.policy()).encode())}
        self.rest.create_key(name, kty="EC-HSM", attributes={"exportable": True}, release_policy=policy)
        return name

    def release(self, name: str, token: str):
        return self.rest.post(f"/keys/{name}/release", {"target": token})

    def close(self):
        self.instance.close()
        self.authority.close()
        self.untrusted.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    made = Scene(tmp_path_factory.mktemp("discovery"))
    yield made
    made.close()


def refused(answer) -> str:
    assert answer.status_code == 403, answer.text
    error = answer.json()["error"]
    assert error["code"] == "Forbidden" and "value" not in answer.json()
    assert "Target environment attestation statement cannot be verified." in error["message"]
    return error["message"]


def test_keys_are_found_by_discovery_and_kept(scene):
    name = scene.key(scene.authority)

    for _ in range(12):
        answer = scene.release(name, scene.authority.token())
        assert answer.status_code == 200, answer.text

    paths = scene.authority.requests
    assert paths[:2] == ["/.well-known/openid-configuration", "/keys"]
    assert len(paths) <= 2 * 3, "each partition asks once"


def test_a_rotated_key_is_found_and_the_old_one_counts_no_longer(scene):
    name = scene.key(scene.authority)
    before = scene.authority.token()
    assert scene.release(name, before).status_code == 200
    scene.authority.rotate()

    for _ in range(6):
        answer = scene.release(name, scene.authority.token())
        assert answer.status_code == 200, answer.text

    refused(scene.release(name, before))


def test_unknown_keys_do_not_make_it_ask_again_and_again(scene):
    name = scene.key(scene.authority)
    token = scene.authority.token(headers={"kid": "unknown"})
    before = len(scene.authority.requests)

    for _ in range(24):
        refused(scene.release(name, token))

    assert len(scene.authority.requests) - before <= 2 * 3, "each partition asks once a minute at most"


def test_an_authority_of_another_ca_is_not_believed(scene):
    name = scene.key(scene.untrusted)

    message = refused(scene.release(name, scene.untrusted.token()))

    assert "not trusted" in message
    assert scene.untrusted.requests == []


def test_an_authority_that_is_away_releases_nothing(scene):
    name = scene.key(scene.away)

    assert "can't be reached" in refused(scene.release(name, scene.away.token()))


def test_an_authority_that_nobody_configured_is_not_asked(scene, tmp_path):
    stranger = AttestationAuthority(tmp_path)
    name = scene.key(stranger)

    refused(scene.release(name, stranger.token()))

    assert stranger.requests == []
    stranger.close()
