"""The operations under load: server on one core, wrk on another, each row between two measurements of its limit."""

import base64
from dataclasses import dataclass, field

import wrk
from deployment import API
from limits import fdatasync, mean_of
from median import median_of
from report import Row


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


DIGEST = base64url(bytes(range(32)))


@dataclass
class Operation:
    name: str
    limit: tuple  # ("openssl", algorithm, column), ("noop",) or ("fdatasync",)
    target: float | None  # of the ratio at 64 connections; None: none is set
    request: wrk.Request = field(default=None)


# What each key is made with.
KEYS = {
    "rsa2048": {"kty": "RSA-HSM", "key_size": 2048},
    "rsa4096": {"kty": "RSA-HSM", "key_size": 4096},
    "p256": {"kty": "EC-HSM", "crv": "P-256"},
    "aes": {"kty": "oct-HSM", "key_size": 256},
    "hmac": {"kty": "oct-HSM", "key_size": 256, "key_ops": ["sign", "verify"]},
}


def operations(deployment):
    """The rows, and what each asks. Makes the keys."""
    keys = {name: deployment.create(name, **attributes) for name, attributes in KEYS.items()}
    sealed = deployment.call("POST", keys["rsa2048"] + "/encrypt", {"alg": "RSA-OAEP-256", "value": DIGEST})
    signed = deployment.call("POST", keys["p256"] + "/sign", {"alg": "ES256", "value": DIGEST})

    def post(path, body):
        return wrk.Request("POST", f"{path}?{API}", body)

    def sign(key, algorithm):
        return post(f"{keys[key]}/sign", f'{{"alg":"{algorithm}","value":"{DIGEST}"}}')

    verify = f'{{"alg":"ES256","digest":"{DIGEST}","value":"{signed["value"]}"}}'
    decrypt = f'{{"alg":"RSA-OAEP-256","value":"{sealed["value"]}"}}'
    wrap = f'{{"alg":"A256KW","value":"{DIGEST}"}}'
    mac = f'{{"alg":"HS256","value":"{DIGEST}"}}'
    encrypt = f'{{"alg":"A256GCM","value":"{base64url(bytes(1024))}"}}'
    create = '{"kty":"EC-HSM","crv":"P-256"}'
    return [
        Operation("rsa-2048 sign", ("openssl", "rsa2048", 0), 0.80, sign("rsa2048", "RS256")),
        Operation("rsa-4096 sign", ("openssl", "rsa4096", 0), None, sign("rsa4096", "RS256")),
        Operation("rsa-2048 decrypt", ("openssl", "rsa2048", 0), None, post(f"{keys['rsa2048']}/decrypt", decrypt)),
        Operation("p-256 sign", ("openssl", "ecdsap256", 0), 0.50, sign("p256", "ES256")),
        Operation("p-256 verify", ("openssl", "ecdsap256", 1), None, post(f"{keys['p256']}/verify", verify)),
        Operation("key get", ("noop",), 0.65, wrk.Request("GET", f"{keys['p256']}?{API}")),
        Operation("aes-256 wrap", ("noop",), 0.50, post(f"{keys['aes']}/wrapkey", wrap)),
        Operation("aes-gcm 1 KiB", ("noop",), 0.50, post(f"{keys['aes']}/encrypt", encrypt)),
        Operation("hmac sign", ("noop",), 0.50, post(f"{keys['hmac']}/sign", mac)),
        Operation("random 32", ("noop",), None, post("/rng", '{"count":32}')),
        Operation("ec key create", ("fdatasync",), None, post("/keys/made-$N/create", create)),
    ]


class Bench:
    """Runs operations. Measurements of a limit are shared by neighbours: the one after a row is the next one's before."""

    def __init__(self, target, openssl, noop, client_core, seconds, rounds):
        self.target, self.openssl, self.noop = target, openssl, noop
        self.client_core, self.seconds, self.rounds = client_core, seconds, rounds
        self.last = {}
        self.made = 0

    def measure(self, kind, connections):
        if kind[0] == "openssl":
            return self.openssl.measure(kind[1], kind[2])
        if kind[0] == "noop":
            return self.noop.measure(connections)
        return fdatasync(self.target.folder, self.seconds / 2)

    def row(self, operation, connections):
        return median_of(lambda: self.round(operation, connections), lambda row: row.value, self.rounds)

    def round(self, operation, connections):
        place = (operation.limit, connections if operation.limit[0] == "noop" else 0)
        before = self.last.get(place) or self.measure(operation.limit, connections)
        self.last.clear()  # what is older than one row says nothing about now
        operation.request.first = self.made
        run = wrk.run(self.target, operation.request, connections, self.seconds, self.client_core)
        self.made += run.requests + connections
        after = self.last[place] = self.measure(operation.limit, connections)
        limit = mean_of(before, after)
        cost = 1e6 / run.per_second if operation.limit[0] == "fdatasync" else run.cpu
        target = operation.target if connections >= 64 else None
        ratio = limit.us / cost
        return Row(operation.name, connections, run.per_second, run.p50, run.p99, run.cpu, limit.name, limit.us, ratio,
                   "×", f"≥ {target:.2f}" if target else "", ratio >= target if target else None, limit.noise)

    def noop_row(self, connections):
        """The no-op request itself: 16 µs where an RSA-2048 signature takes 450 µs, scaled with it."""
        before = self.openssl.measure("rsa2048", 0)
        run = self.noop.run(connections)
        limit = mean_of(before, self.openssl.measure("rsa2048", 0))
        scaled = run.cpu * 450 / limit.us
        return Row("no-op request", connections, run.per_second, run.p50, run.p99, run.cpu, limit.name, limit.us, scaled,
                   "µs scaled", "≤ 16" if connections >= 64 else "", scaled <= 16 if connections >= 64 else None,
                   limit.noise)
