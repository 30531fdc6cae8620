"""A rotation that fell due while the server was down is caught up at its start, once."""

import itertools
import json
import time

import pytest

from harness.instance import Instance
from harness.server import wait_until

PORTS = itertools.count(9680)
DAY = 86_400
POLICY = {
    "lifetimeActions": [{"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "Rotate"}}],
    "attributes": {"expiryTime": "P90D"},
}


@pytest.fixture
def instance(tmp_path):
    made = Instance(tmp_path, next(PORTS))
    yield made
    made.close()


def records(instance, operation: str) -> list[dict]:
    (head,) = instance.server.data.rglob("audit.head")
    lines = "".join(file.read_text() for file in sorted(head.parent.glob("audit-*.jsonl"))).splitlines()
    return [record for record in map(json.loads, lines) if record.get("operationName") == operation]


def test_a_missed_rotation_is_caught_up_at_the_start_and_happens_once(instance, name):
    rest = instance.session()
    for kind in ({"kty": "RSA-HSM"}, {"kty": "oct-HSM"}):
        rest.create_key(f"{name}-{kind['kty']}", **kind)
        assert rest.put(f"/keys/{name}-{kind['kty']}/rotationpolicy", POLICY).status_code == 200
        # Ten days before an expiry, thirty of which belong to the successor: overdue.
        changed = rest.patch(f"/keys/{name}-{kind['kty']}/", {"attributes": {"exp": int(time.time()) + 10 * DAY}})
        assert changed.status_code == 200

    def versions(kty: str) -> list[dict]:
        return instance.session().get(f"/keys/{name}-{kty}/versions").json()["value"]

    for _ in range(3):
        instance.restart()
        wait_until(lambda: len(versions("RSA-HSM")) == 2 and len(versions("oct-HSM")) == 2, 30, "no key was rotated")

    rotations = records(instance, "KeyRotateIfDue")
    assert len(rotations) == 2
    for record in rotations:
        assert record["resultType"] == "Success"
        assert json.loads(record["identity"]) == {}
        assert record["properties"]["id"].startswith(f"{instance.deployment.url}/keys/{name}-")
    latest = instance.session().get(f"/keys/{name}-oct-HSM").json()["attributes"]
    assert latest["exp"] - latest["created"] == 90 * DAY
    instance.verify_audit()
