"""A strongroomd under test: started, stopped, killed and started again on the same data."""

import signal
import subprocess
import time
from pathlib import Path

import requests

from harness import paths
from harness.deployment import Deployment

START_LIMIT_S = 30
STOP_LIMIT_S = 15


class Strongroomd:
    """One server process with its own data directory. `start` returns when it answers; `ca` is its CA certificate."""

    def __init__(self, deployment: Deployment, directory: Path):
        self.deployment = deployment
        self.directory = directory
        self.data = directory / "data"
        self.config = directory / "strongroom.toml"
        self.log = directory / "strongroomd.log"
        self.process: subprocess.Popen | None = None

    @property
    def ca(self) -> str:
        return str(self.data / "tls" / "ca.pem")

    def start(self) -> "Strongroomd":
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self.config.exists():
            self.config.write_text(self.deployment.configuration(self.data))
            self.config.chmod(0o600)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [paths.BIN / "strongroomd", "--config", self.config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()
        return self

    def stop(self) -> int:
        """Asks it to end (SIGTERM); returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_LIMIT_S)

    def kill(self) -> None:
        """kill -9, as a power failure would. Its partitions must follow it by themselves."""
        partitions = self.partitions()
        self.process.kill()
        self.process.wait(STOP_LIMIT_S)
        wait_until(lambda: not any(_is_alive(pid) for pid in partitions), 5, "partitions outlive their supervisor")

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def partitions(self) -> list[int]:
        """The process ids of its living partitions."""
        found = []
        waiting = [self.process.pid]
        while waiting:
            for child in _children(waiting.pop()):
                waiting.append(child)
                if _name(child).startswith("strongroom-part"):
                    found.append(child)
        return sorted(found)

    def log_tail(self, lines: int = 60) -> str:
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"strongroomd ended with {self.process.returncode}\n{self.log_tail()}")
            try:
                if Path(self.ca).exists() and requests.get(
                    f"{self.deployment.url}/keys", verify=self.ca, timeout=5
                ).status_code == 401:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.02)
        raise AssertionError(f"strongroomd does not answer within {START_LIMIT_S} s\n{self.log_tail()}")


def wait_until(condition, limit_s: float, complaint: str) -> None:
    """Polls `condition` until it holds; fails with `complaint` after `limit_s` seconds."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.02)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except OSError:
            pass  # the thread has just ended
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False
