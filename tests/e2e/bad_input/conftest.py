"""After every bad input: the same server, the same partitions, and the next good request works."""

import hashlib

import pytest

from harness.rest import b64u
from harness.rigs import rig_named

SIGN = {"alg": "ES256", "value": b64u(hashlib.sha256(b"still there").digest())}


@pytest.fixture(scope="session")
def good_key() -> str:
    rig_named("own-names").rest(rig_named("own-names").user).create_key("good-key", kty="EC-HSM")
    return "good-key"


@pytest.fixture(autouse=True)
def the_server_lives_on(own, good_key):
    server = own.server.process.pid
    partitions = own.server.partitions()
    assert partitions

    yield

    assert own.server.running() and own.server.process.pid == server
    assert own.server.partitions() == partitions
    assert own.rest(own.user).post(f"/keys/{good_key}/sign", SIGN).status_code == 200
