"""The rows of the table that are no plain load: latencies, heavy neighbours, start, memory, a million keys.

They run on the deployment as it is by default: all cores, an event loop a core. wrk shares them."""

import itertools
import re
import subprocess
import threading
import time

import wrk
from deployment import API
from median import median_of
from processes import resident_megabytes
from report import Row

CHANNEL_TRIP = re.compile(r"round trip, 0 µs between requests: median ([0-9.]+) µs, p99 ([0-9.]+) µs")
CHANNEL_CPU = re.compile(r"depth 32: +([0-9]+) op/s, CPU per operation: front end ([0-9.]+) µs, partition ([0-9.]+) µs")


def channel(report, binary):
    text = subprocess.run([binary], capture_output=True, text=True, check=True).stdout
    median, p99 = map(float, CHANNEL_TRIP.search(text).groups())
    report.add(Row("channel round trip, idle", 0, 1e6 / median, median, p99, None, "", None, median, "µs median",
                   "≤ 15", median <= 15))
    rate, front, partition = map(float, CHANNEL_CPU.search(text).groups())
    worst = max(front, partition)
    report.add(Row("channel CPU a side, depth 32", 0, rate, None, None, front + partition, "", None, worst,
                   "µs of CPU", "≤ 1", worst <= 1))


def added_latency(report, target, operations, openssl, seconds):
    """p50 over HTTPS on one connection less what the bare operation takes. Bare AES wrap takes 1 µs: none is taken off.

    CPU time of openssl speed is its wall time on a free core."""
    for operation in operations:
        def measure(operation=operation):
            bare = openssl.measure(*operation.limit[1:]) if operation.limit[0] == "openssl" else None
            run = wrk.run(target, operation.request, 1, seconds)
            return bare, run, run.p50 - (bare.us if bare else 0)

        bare, run, added = median_of(measure, lambda measured: measured[2])
        report.add(Row(f"latency added, {operation.name}", 1, run.per_second, run.p50, run.p99, run.cpu,
                       bare.name if bare else "", bare.us if bare else None, added, "µs median", "≤ 60", added <= 60))


def tail_at_16(report, target, operations, seconds, client_core):
    """p99 by p50 at 16 connections; server and client each on their own core, so that p99 is the server's."""
    for operation in operations:
        run = median_of(lambda operation=operation: wrk.run(target, operation.request, 16, seconds, client_core),
                        lambda run: run.p99 / run.p50)
        factor = run.p99 / run.p50
        report.add(Row(f"p99 at 16, {operation.name}", 16, run.per_second, run.p50, run.p99, run.cpu, "its p50", run.p50,
                       factor, "× p50", "≤ 3", factor <= 3))


def batches(report, target, wrap, seconds, connections=64):
    """Operations a second in batches of a hundred, against a call for each, on the deployment as it is by default."""
    size = 100
    path, query = wrap.path.split("/wrapkey")
    one = '{"operation":"wrapKey",' + wrap.body[1:]
    many = wrk.Request("POST", f"/strongroom{path}/batch{query}", '{"operations":[' + ",".join([one] * size) + "]}")

    def measure():
        before, run, after = (wrk.run(target, request, connections, seconds) for request in (wrap, many, wrap))
        alone = (before.per_second + after.per_second) / 2
        return run, alone, abs(before.per_second - after.per_second) / alone

    run, alone, noise = median_of(measure, lambda measured: measured[0].per_second / measured[1])
    factor = run.per_second * size / alone
    report.add(Row(f"batch of {size} aes-256 wraps", connections, run.per_second * size, run.p50, run.p99,
                   run.cpu / size, "a call an operation", 1e6 / alone, factor, "×", "≥ 10", factor >= 10, noise))


class Creations:
    """RSA-4096 keys made without pause: as soon as one is there, the next is asked for. Two clients, so that there is
    always one at work."""

    CLIENTS = 2

    def __init__(self, deployment):
        self.deployment, self.stopping, self.made, self.failure = deployment, False, 0, None
        self.numbers = itertools.count()
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self.CLIENTS)]

    def _run(self):
        try:
            connection = self.deployment.connect()
            while not self.stopping:
                self.deployment.call("POST", f"/keys/heavy-{next(self.numbers)}/create",
                                     {"kty": "RSA-HSM", "key_size": 4096}, connection)
                self.made += 1
        except (OSError, RuntimeError) as failure:
            self.failure = failure

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        self.stopping = True
        for thread in self.threads:
            thread.join(60)


def beside_creations(report, deployment, target, operations, seconds, connections=4):
    """p99 of light operations while RSA-4096 keys are made, against their p99 alone directly before and after."""
    def runs():
        return [wrk.run(target, operation.request, connections, seconds) for operation in operations]

    before = runs()
    with Creations(deployment) as creations:
        during = runs()
    if creations.failure:
        raise RuntimeError(f"an RSA-4096 key could not be made: {creations.failure}")
    after = runs()
    for operation, first, run, last in zip(operations, before, during, after, strict=True):
        alone = (first.p99 + last.p99) / 2
        factor = run.p99 / alone
        report.add(Row(f"beside RSA-4096, {operation.name}", connections, run.per_second, run.p50, run.p99, run.cpu,
                       "its p99 alone", alone, factor, "× p99", "≤ 3", factor <= 3, abs(first.p99 - last.p99) / alone))


def restart(report, deployment, sign):
    """From the start of strongroomd to the first signature, keys present."""
    deployment.stop()
    begin = time.monotonic()
    deployment.start()
    while True:
        deployment.wait()
        try:
            connection = deployment.connect()
            connection.request(sign.method, sign.path, sign.body, {"Authorization": f"Bearer {deployment.token}",
                                                                   "Content-Type": "application/json"})
            status = connection.getresponse().status
        except OSError:
            status = 0
        seconds = time.monotonic() - begin
        if status == 200:
            break
        if seconds > 30:
            raise RuntimeError(f"no signature 30 s after the start: {status} {deployment.log()}")
        time.sleep(0.005)
    report.add(Row("start to first signature", 0, None, None, None, None, "", None, seconds, "s", "≤ 1", seconds <= 1))


class Filling:
    """Keys in the store, made through the API: AES keys, since they cost least."""

    BODY = '{"kty":"oct-HSM","key_size":256}'

    def __init__(self, target):
        self.target, self.count = target, 0

    def up_to(self, wanted, connections=64):
        """wrk runs for whole seconds, so the count is at least what is wanted, and about a second's more."""
        while self.count < wanted:
            request = wrk.Request("POST", f"/keys/many-$N/create?{API}", self.BODY, self.count)
            rate = self.count / self.took if self.count else 500
            begin = time.monotonic()
            run = wrk.run(self.target, request, connections, max(1, int((wanted - self.count) / rate)))
            self.took = (self.took if self.count else 0) + time.monotonic() - begin
            self.count += run.requests
            time.sleep(0.5)  # what wrk no longer waited for is made, too, so that no number is missing

    took = 0.0


def lists_and_gets(target, count, seconds):
    """Gets of keys out of a thousand, which are always cached, and out of all; and the list's first page."""
    gets = wrk.Request("GET", f"/keys/many-$N?{API}", random_below=count)
    few = wrk.Request("GET", f"/keys/many-$N?{API}", random_below=1000)
    page = wrk.Request("GET", f"/keys?{API}&maxresults=25")
    wrk.run(target, few, 4, 1)
    return {name: wrk.run(target, request, 4, seconds)
            for name, request in (("get of 1,000", few), ("get of all", gets), ("list page", page))}


def many_keys(report, deployment, target, counts, seconds):
    """Memory and speed with few and with many keys stored."""
    filling = Filling(target)
    filling.up_to(1000)
    few = lists_and_gets(target, 1000, seconds)
    for count in counts:
        filling.up_to(count)
        report.note(f"{filling.count} AES keys made, {filling.count / filling.took:.0f}/s")
        many = lists_and_gets(target, filling.count, seconds)
        megabytes = resident_megabytes(deployment.process.pid)
        target_text, met = ("≤ 150", megabytes <= 150) if count == 100_000 else ("", None)
        report.add(Row(f"front end's memory, {count} keys", 0, None, None, None, None, "", None, megabytes, "MB resident",
                       target_text, met))
        for name, run in many.items():
            factor = run.cpu / few[name].cpu
            judged = count == 1_000_000 and name != "get of all"
            report.add(Row(f"{name}, {count} keys", 4, run.per_second, run.p50, run.p99, run.cpu, "with 1,000 keys",
                           few[name].cpu, factor, "× CPU", "≤ 1.2" if judged else "", factor <= 1.2 if judged else None))
