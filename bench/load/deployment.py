"""A fresh strongroomd with its data directory, token and keys, and a small client of its API."""

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
import tomllib
import urllib.parse

import processes
import wrk

API = "api-version=7.4"
INSTANCE, SUFFIX, LOGIN = "bench", "managedhsm.localhost", "login.localhost"
ANSWER_TIMEOUT_S = 180  # an RSA-4096 key takes seconds, more on a busy machine


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, seconds=30):
    """Waits until the process listens."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nothing listens on port {port}") from None
            time.sleep(0.002)


class Connection(http.client.HTTPSConnection):
    """HTTPS to a name of the deployment, without asking anyone to resolve it."""

    def __init__(self, name, port, trust):
        super().__init__(name, port, timeout=ANSWER_TIMEOUT_S, context=ssl.create_default_context(cafile=trust))

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


def tls_handshakes(target, count=40):
    """Seconds of server CPU that one new connection costs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    before = processes.cpu_seconds(target.pids)
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", target.port)) as plain:
            with context.wrap_socket(plain, server_hostname=target.host) as tls:
                tls.sendall(f"GET /none HTTP/1.1\r\nHost: {target.host}\r\n\r\n".encode())
                tls.recv(4096)
    return (processes.cpu_seconds(target.pids) - before) / count


class Deployment:
    """strongroomd on free ports with everything below `folder`. Made active, with a caller who may use all keys."""

    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, folder
        self.data = os.path.join(folder, "data")
        self.port, self.process, self.token = free_port(), None, None
        self.host = f"{INSTANCE}.{SUFFIX}:{self.port}"
        self._tool("dev", "init", "--data", self.data, "--instance", INSTANCE, "--suffix", SUFFIX, "--login", LOGIN,
                   "--port", str(self.port), "--identity-port", str(free_port()))
        self.config = os.path.join(self.data, "strongroom.toml")
        with open(self.config, "rb") as file:
            self.settings = tomllib.load(file)

    def _tool(self, *arguments):
        subprocess.run([os.path.join(self.binaries, "strongroom"), *arguments], check=True, stdout=subprocess.DEVNULL)

    def start(self, core=None):
        """Starts it, on one core alone if given, and then with one event loop. Returns at once."""
        self._set_loops(0 if core is None else 1)
        command = ["taskset", "-c", str(core)] if core is not None else []
        command += [os.path.join(self.binaries, "strongroomd"), "--config", self.config]
        with open(os.path.join(self.folder, "strongroomd.log"), "a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def _set_loops(self, loops):
        with open(self.config) as file:
            text = re.sub(r"^loops = .*\n", "", file.read(), flags=re.MULTILINE)
        with open(self.config, "w") as file:
            file.write(text.replace("[listen]\n", f"[listen]\nloops = {loops}\n"))

    def wait(self):
        try:
            wait_for_port(self.port, self.process)
        except RuntimeError as error:
            raise RuntimeError(f"strongroomd does not start: {self.log()}") from error

    def activate(self):
        self._tool("dev", "activate", "--config", self.config, "--certificates", os.path.join(self.folder, "domain"))

    def log(self):
        with open(os.path.join(self.folder, "strongroomd.log")) as file:
            return "".join(file.readlines()[-10:])

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def connect(self, name=f"{INSTANCE}.{SUFFIX}"):
        return Connection(name, self.port, os.path.join(self.data, "tls", "ca.pem"))

    def get_token(self):
        client, service = self.settings["token_service"]["clients"][0], self.settings["token_service"]
        form = {"grant_type": "client_credentials", "client_id": client["client_id"],
                "client_secret": client["secret"], "scope": f"https://{SUFFIX}/.default"}
        connection = self.connect(LOGIN)
        connection.request("POST", f"/{service['tenant']}/oauth2/v2.0/token", urllib.parse.urlencode(form),
                           {"Content-Type": "application/x-www-form-urlencoded"})
        self.token = json.loads(connection.getresponse().read())["access_token"]

    def call(self, method, path, body=None, connection=None):
        """One API call; its answer as a value, None for an empty one. Raises for every status that is no success."""
        connection = connection or self.connect()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, f"{path}?{API}", json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 204):
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None

    def create(self, name, **attributes):
        """Makes a key; returns its path, /keys/{name}/{version}."""
        return urllib.parse.urlsplit(self.call("POST", f"/keys/{name}/create", attributes)["key"]["kid"]).path

    def pids(self):
        return processes.descendants(self.process.pid)

    def target(self):
        target = wrk.Target(self.port, self.host, self.token, self.pids(), self.folder)
        target.handshake = tls_handshakes(target)
        return target
