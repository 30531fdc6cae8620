"""kill -9 at random moments, under concurrent writes: what was acknowledged is there and usable, the audit chain
verifies, and a partition that dies is felt by nobody."""

import hashlib
import itertools
import random
import subprocess
import threading
import time

import pytest
import requests

from harness.instance import Instance
from harness.rest import Rest, b64u
from harness.server import Strongroomd, wait_until

ROUNDS = 50
WRITERS = 4
PARTITIONS = 3
PORTS = itertools.count(9600)
SIGN = {"alg": "ES256", "value": b64u(hashlib.sha256(b"acknowledged").digest())}


@pytest.fixture
def instance(tmp_path):
    made = Instance(tmp_path, next(PORTS))
    yield made
    made.close()


class Writers:
    """Threads that create keys and update their tags, and remember exactly what was acknowledged.

    An update that was cut off may or may not have happened; of such a key either tag is right.
    """

    def __init__(self, instance: Instance, prefix: str):
        self.acknowledged: dict[str, set[str]] = {}  # key name: the tags that it may have now
        self.errors: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(instance.session(), f"{prefix}-{n}")) for n in range(WRITERS)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, rest: Rest, prefix: str) -> None:
        for n in itertools.count():
            if self._stop.is_set():
                return
            name = f"{prefix}-{n}"
            try:
                created = rest.post(f"/keys/{name}/create", {"kty": "EC-HSM", "tags": {"state": "created"}})
                if created.status_code != 200:
                    return self.errors.append(f"create: {created.status_code} {created.text}")
                self.acknowledged[name] = {"created"}
                self.acknowledged[name] = {"created", "updated"}
                updated = rest.patch(f"/keys/{name}", {"tags": {"state": "updated"}})
                if updated.status_code != 200:
                    return self.errors.append(f"update: {updated.status_code} {updated.text}")
                self.acknowledged[name] = {"updated"}
            except requests.RequestException as cut_off:
                return self.errors.append(f"cut off: {cut_off}")


def check(rest: Rest, acknowledged: dict[str, set[str]]) -> None:
    """Every key is there, in a state that was acknowledged, and signs."""
    for name, states in acknowledged.items():
        found = rest.get(f"/keys/{name}")
        assert found.status_code == 200, f"{name} was acknowledged and is gone: {found.text}"
        assert found.json()["tags"]["state"] in states, name
        signed = rest.post(f"/keys/{name}/sign", SIGN)
        assert signed.status_code == 200, f"{name} does not sign: {signed.text}"


@pytest.mark.timeout(900)
def test_what_was_acknowledged_survives_fifty_kills_of_the_server(instance):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    everything: dict[str, set[str]] = {}
    for round_ in range(ROUNDS):
        with Writers(instance, f"r{round_}") as writers:
            time.sleep(chance.uniform(0.02, 0.4))
            instance.server.kill()
        instance.server.start()
        check(instance.session(), writers.acknowledged)
        instance.verify_audit()
        everything |= writers.acknowledged

    assert len(everything) > ROUNDS, "too few writes to prove anything"
    check(instance.session(), everything)


@pytest.mark.timeout(600)
def test_fifty_kills_of_partitions_are_felt_by_no_client(instance):
    chance = random.Random(random.randrange(1 << 32))
    used = "used-throughout"
    rest = instance.session()
    rest.create_key(used, kty="EC-HSM")
    failures: list[str] = []
    stop = threading.Event()

    def sign_without_pause() -> None:
        mine = instance.session()
        while not stop.is_set():
            answer = mine.post(f"/keys/{used}/sign", SIGN)
            if answer.status_code != 200:
                failures.append(f"sign: {answer.status_code} {answer.text}")

    signers = [threading.Thread(target=sign_without_pause) for _ in range(WRITERS)]
    for signer in signers:
        signer.start()
    try:
        with Writers(instance, "w") as writers:
            for _ in range(ROUNDS):
                time.sleep(chance.uniform(0.01, 0.2))
                kill_a_partition(instance.server, chance)
    finally:
        stop.set()
        for signer in signers:
            signer.join()

    assert not failures and not writers.errors, (failures + writers.errors)[:5]
    check(rest, writers.acknowledged)
    instance.verify_audit()


def kill_a_partition(server: Strongroomd, chance: random.Random) -> None:
    """Ends one partition; another must take its place within a second."""
    before = server.partitions()
    victim = chance.choice(before)
    subprocess.run(["kill", "-9", str(victim)], check=False)
    begun = time.monotonic()
    wait_until(
        lambda: victim not in server.partitions() and len(server.partitions()) == PARTITIONS,
        1.5,
        f"partition {victim} of {before} was not replaced, there are {server.partitions()}",
    )
    assert time.monotonic() - begun < 1.0 + 0.2, "the replacement took more than a second"


def test_all_partitions_killed_at_once_come_back(instance):
    rest = instance.session()
    rest.create_key("kept", kty="EC-HSM")

    subprocess.run(["kill", "-9", *map(str, instance.server.partitions())], check=True)

    wait_until(lambda: len(instance.server.partitions()) == PARTITIONS, 3, "partitions do not come back")
    wait_until(lambda: rest.post("/keys/kept/sign", SIGN).status_code == 200, 3, "the instance does not open again")
    instance.verify_audit()


def test_a_kill_leaves_no_partition_behind(instance):
    partitions = instance.server.partitions()

    instance.server.kill()  # asserts that they end

    assert len(partitions) == PARTITIONS
