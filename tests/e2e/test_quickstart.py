"""The newcomer's first command, as it stands in the README."""

import os
import signal
import subprocess
import time

import pytest

from harness import paths

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    data = tmp_path_factory.mktemp("quickstart") / "var"
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "STRONGROOM_DATA": str(data), "STRONGROOM_PORT": "8600"}


def quickstart(environment) -> subprocess.CompletedProcess:
    command = [paths.ROOT / "quickstart", "--once"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_the_first_start_makes_keys_and_the_second_finds_them(environment):
    first = quickstart(environment)
    second = quickstart(environment)

    assert first.returncode == 0, first.stdout + first.stderr
    assert second.returncode == 0, second.stdout + second.stderr
    made = sorted(line.split()[-1] for line in first.stderr.splitlines() if " made  https://" in line)
    found = sorted(line.split()[-1] for line in second.stderr.splitlines() if " found https://" in line)
    assert len(made) == 3
    assert made == found
    for run in (first, second):
        assert "RS256: Verified OK" in run.stdout and "ES256: Verified OK" in run.stdout
        for variable in ("AZURE_AUTHORITY_HOST", "AZURE_CLIENT_SECRET", "AZURE_MANAGEDHSM_URL", "NODE_EXTRA_CA_CERTS"):
            assert f"export {variable}=" in run.stdout
    assert "what an earlier start wrapped still opens" in second.stdout


def test_once_leaves_nothing_running(environment):
    quickstart(environment)

    assert not running_with(environment["STRONGROOM_DATA"])


def test_without_once_it_stays_up_until_interrupted(environment):
    process = subprocess.Popen(
        [paths.ROOT / "quickstart"], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        for line in process.stdout:
            if "Running until Ctrl-C" in line:
                break
        time.sleep(1)
        assert process.poll() is None
        assert running_with(environment["STRONGROOM_DATA"])
    finally:
        os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) in (0, 130)
    assert not running_with(environment["STRONGROOM_DATA"])


def running_with(data: str) -> bool:
    processes = subprocess.run(["ps", "-e", "-ww", "-o", "args"], capture_output=True, text=True).stdout
    return any("strongroomd --config" in line and data in line for line in processes.splitlines())
