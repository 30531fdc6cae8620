"""One run of wrk with one request, and what it cost the server."""

import json
import os
import subprocess
import time
from dataclasses import dataclass

from processes import cpu_seconds

# wrk's own report rounds; this prints what it knows exactly. Latencies are in µs.
DONE = """
function done(summary, latency, requests)
  io.write(string.format('\\nRESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"status":%d,"socket":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass
class Request:
    """What wrk sends. In `path` and `body` each $N becomes a number: 0, 1, 2 …, or with `random_below` a random one."""

    method: str
    path: str
    body: str = ""
    first: int = 0
    random_below: int = 0


@dataclass
class Run:
    requests: int
    seconds: float
    p50: float  # µs
    p99: float  # µs
    cpu: float  # µs of server CPU a request

    @property
    def per_second(self):
        return self.requests / self.seconds


def lua_text(text):
    """A long bracket takes every byte as it is."""
    return f"[==[{text}]==]"


class Target:
    """A server to load: where it listens, what every request carries, and whose CPU time counts."""

    def __init__(self, port, host, token, pids, folder):
        self.port, self.host, self.token, self.pids, self.folder = port, host, token, pids, folder
        self.handshake = 0.0  # seconds of server CPU that a new connection costs

    def script(self, request):
        lines = [
            f"wrk.method = {lua_text(request.method)}",
            f"wrk.path = {lua_text(request.path)}",
            f"wrk.headers['Host'] = {lua_text(self.host)}",
            f"wrk.headers['Authorization'] = {lua_text('Bearer ' + self.token)}",
            "wrk.headers['Accept'] = 'application/json'",
            "wrk.headers['User-Agent'] = 'azsdk-python-keyvault-keys/4.8.0 Python/3.11 (Linux)'",
        ]
        if request.body:
            lines += ["wrk.headers['Content-Type'] = 'application/json'", f"wrk.body = {lua_text(request.body)}"]
        if "$N" in request.path + request.body:
            number = f"math.random(0, {request.random_below - 1})" if request.random_below else "n"
            lines += [
                "math.randomseed(os.time())",
                f"local n = {request.first - 2}",  # wrk makes a request that it never sends, to check it
                "local path, body = wrk.path, wrk.body",
                "function request()",
                "  n = n + 1",
                f"  local number = tostring({number})",
                "  return wrk.format(nil, (path:gsub('$N', number)), nil, body and (body:gsub('$N', number)))",
                "end",
            ]
        return "\n".join(lines) + DONE


def start(target, request, connections, seconds, core=None):
    """Starts wrk, on one core if given."""
    path = os.path.join(target.folder, f"wrk-{time.monotonic_ns()}.lua")
    with open(path, "w") as file:
        file.write(target.script(request))
    command = ["taskset", "-c", str(core)] if core is not None else []
    command += ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    command += ["--timeout", "30s", "--script", path, f"https://127.0.0.1:{target.port}/"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def result_of(process):
    """Waits for wrk. Any answer that is not a success spoils the run: it would be fast for the wrong reason."""
    text = process.communicate()[0]
    lines = [line for line in text.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise RuntimeError(f"wrk failed: {text.strip()}")
    result = json.loads(lines[0].removeprefix("RESULT "))
    if result["status"] or result["socket"] or not result["requests"]:
        raise RuntimeError(f"{result['status']} refusals and {result['socket']} socket errors in {result}")
    return result


def run(target, request, connections, seconds, core=None):
    before = cpu_seconds(target.pids)
    result = result_of(start(target, request, connections, seconds, core))
    # The handshakes of the connections are no part of a request.
    cpu = cpu_seconds(target.pids) - before - connections * target.handshake
    return Run(result["requests"], result["us"] / 1e6, result["p50"], result["p99"], cpu / result["requests"] * 1e6)
