"""Steps of a key's life, one after another on one connection: import, backup, restore, rotate.

Each is a change that is on the disk before its answer (a backup changes nothing, but is recorded), so the limit is a write
with fdatasync of one record, timed before and after."""

import base64
import time

from limits import fdatasync, mean_of
from processes import cpu_seconds
from report import Row

STEPS = 200
VERSIONS_MAX = 100  # of a key; rotations make versions
ROTATION = {"lifetimeActions": [{"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "Rotate"}}],
            "attributes": {"expiryTime": "P2Y"}}
P256 = {"kty": "EC-HSM", "crv": "P-256"}


def base64url(number):
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


# The key pair with d = 1: its public key is the curve's base point (FIPS 186-4 §D.1.2.3).
JWK = {"kty": "EC-HSM", "crv": "P-256", "d": base64url(1),
       "x": base64url(0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296),
       "y": base64url(0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)}


class Life:
    """The keys that the steps are about, made before anything is timed."""

    def __init__(self, deployment):
        self.deployment, self.connection = deployment, deployment.connect()
        self.blobs = {}

    def call(self, method, path, body=None):
        return self.deployment.call(method, path, body, self.connection)

    def import_key(self, step):
        self.call("PUT", f"/keys/life-import-{step}", {"key": JWK})

    def prepare_backups(self):
        for step in range(STEPS):
            self.call("POST", f"/keys/life-{step}/create", P256)

    def backup(self, step):
        self.blobs[step] = self.call("POST", f"/keys/life-{step}/backup")["value"]

    def prepare_restores(self):
        for step in range(STEPS):
            self.call("DELETE", f"/keys/life-{step}")
            self.call("DELETE", f"/deletedkeys/life-{step}")

    def restore(self, step):
        self.call("POST", "/keys/restore", {"value": self.blobs[step]})

    def prepare_rotations(self):
        for key in range(0, STEPS, VERSIONS_MAX // 2):
            self.call("POST", f"/keys/life-rotate-{key}/create", P256)
            self.call("PUT", f"/keys/life-rotate-{key}/rotationpolicy", ROTATION)

    def rotate(self, step):
        self.call("POST", f"/keys/life-rotate-{step - step % (VERSIONS_MAX // 2)}/rotate")


def timed(deployment, step_of, seconds):
    """Server CPU and wall time of each step, in µs."""
    before = fdatasync(deployment.folder, seconds / 2)
    pids, times = deployment.pids(), []
    cpu = cpu_seconds(pids)
    for step in range(STEPS):
        begin = time.perf_counter()
        step_of(step)
        times.append((time.perf_counter() - begin) * 1e6)
    cpu = (cpu_seconds(pids) - cpu) / STEPS * 1e6
    return sorted(times), cpu, mean_of(before, fdatasync(deployment.folder, seconds / 2))


def steps(report, deployment, seconds):
    life = Life(deployment)
    for name, prepare, step_of in (("key import", None, life.import_key), ("key backup", life.prepare_backups, life.backup),
                                   ("key restore", life.prepare_restores, life.restore),
                                   ("key rotate", life.prepare_rotations, life.rotate)):
        if prepare:
            prepare()
        times, cpu, limit = timed(deployment, step_of, seconds)
        report.add(Row(f"{name}, P-256", 1, 1e6 * STEPS / sum(times), times[STEPS // 2], times[STEPS * 99 // 100], cpu,
                       limit.name, limit.us, limit.us / times[STEPS // 2], "×", noise=limit.noise))
