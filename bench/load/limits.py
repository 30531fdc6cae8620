"""What rows are compared with, measured in the same run: openssl speed, http_noop and fdatasync.

The speed of a core moves by half within a minute, and more on a shared machine. So each limit is measured directly
before and after its row, and the row's ratio is to the mean of the two; their spread is the noise."""

import os
import subprocess
import time
from dataclasses import dataclass

import wrk
from deployment import free_port, tls_handshakes, wait_for_port
from processes import cpu_seconds

# bench/http_noop.lua: the request of a signing client, 1.2 KB.
NOOP_REQUEST = wrk.Request(
    "POST",
    "/keys/rsa-2048-key/0123456789abcdef0123456789abcdef/sign?api-version=7.4",
    '{"alg":"RS256","value":"' + "A" * 43 + '"}',
)


@dataclass
class Limit:
    name: str
    us: float  # CPU of one operation
    noise: float = 0.0  # difference of the two measurements by their mean


def mean_of(before, after):
    us = (before.us + after.us) / 2
    return Limit(before.name, us, abs(before.us - after.us) / us)


class Openssl:
    """openssl speed by CPU second, which is how it counts without -elapsed."""

    def __init__(self, core, seconds):
        self.core, self.seconds = core, seconds

    def measure(self, algorithm, column):
        """`column`: 0 for sign, 1 for verify."""
        command = ["taskset", "-c", str(self.core), "openssl", "speed", "-mr", "-seconds", str(self.seconds), algorithm]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for line in text.splitlines():
            fields = line.split(":")
            if fields[0] in ("+F2", "+F4"):  # RSA, ECDSA: operations a second
                return Limit(f"openssl {algorithm} {('sign', 'verify')[column]}", 1e6 / float(fields[3 + column]))
        raise RuntimeError(f"openssl speed says {text}")


class Noop:
    """bench/http_noop.cpp: the same HTTP stack with one fixed answer."""

    def __init__(self, binary, folder, server_core, client_core, seconds):
        self.client_core, self.seconds = client_core, seconds
        port = free_port()
        command = ["taskset", "-c", str(server_core), binary, str(port), "1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(port, self.process)
        self.target = wrk.Target(port, "localhost", "a" * 843, [self.process.pid], folder)
        self.target.handshake = tls_handshakes(self.target)

    def run(self, connections):
        return wrk.run(self.target, NOOP_REQUEST, connections, self.seconds, self.client_core)

    def measure(self, connections):
        return Limit(f"no-op request, {connections} connections", self.run(connections).cpu)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def fdatasync(folder, seconds):
    """Raw write and fdatasync of one record, wall time."""
    path = os.path.join(folder, "fdatasync")
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    begin, count = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        os.write(file, b"x" * 600)
        os.fdatasync(file)
        count += 1
    elapsed = time.monotonic() - begin
    os.close(file)
    os.unlink(path)
    return Limit("fdatasync", elapsed / count * 1e6)
