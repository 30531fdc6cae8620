"""The audit log: every request leaves a record, and `strongroom audit verify` finds what was done to it afterwards."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness import paths
from harness.server import wait_until


def audit_folder(rig) -> Path:
    (head,) = rig.server.data.rglob("audit.head")
    return head.parent


def audit_text(rig) -> str:
    return "".join(file.read_text() for file in sorted(audit_folder(rig).glob("audit-*.jsonl")))


def records(rig) -> list[dict]:
    return [json.loads(line) for line in audit_text(rig).splitlines()]


@pytest.fixture
def copied_log(own, tmp_path) -> Path:
    """A log of some length whose end is signed, copied away from its server: the folder."""
    for _ in range(10):
        own.rest(own.user).get("/keys")
    wait_until(lambda: is_signed_to_its_end(own), 5, "no checkpoint follows the last record")
    return Path(shutil.copytree(audit_folder(own), tmp_path / "audit"))


def is_signed_to_its_end(own) -> bool:
    """The last line is a checkpoint and audit.head is that checkpoint: from now on a missing end is noticed."""
    last = records(own)[-1].get("checkpoint")
    return last is not None and last["signature"] in (audit_folder(own) / "audit.head").read_text()


def verify(log: Path) -> subprocess.CompletedProcess:
    command = [paths.BIN / "strongroom", "audit", "verify", log]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_an_allowed_a_denied_and_an_unauthenticated_request_are_all_recorded(own, name):
    allowed = own.rest(own.user).post(f"/keys/{name}/create", {"kty": "EC-HSM"})
    denied = own.rest(own.outsider).get(f"/keys/{name}")
    anonymous = own.anonymous().get("/keys")

    expected = {
        allowed.headers["x-ms-request-id"]: ("KeyCreate", 200),
        denied.headers["x-ms-request-id"]: ("KeyGet", 403),
        anonymous.headers["x-ms-request-id"]: ("Authentication", 401),
    }

    def seen() -> dict:
        found = {record.get("correlationId"): record for record in records(own)}
        return {
            request: (found[request]["operationName"], found[request]["httpStatusCode"])
            for request in expected
            if request in found
        }

    assert seen() == expected


def test_a_record_names_the_caller_and_the_key_but_holds_no_secret(own, name):
    answer = own.rest(own.user).post(f"/keys/{name}/create", {"kty": "EC-HSM"})

    (record,) = [r for r in records(own) if r.get("correlationId") == answer.headers["x-ms-request-id"]]

    assert record["category"] == "AuditEvent"
    assert own.user.object_id in record["identity"]
    assert record["requestUri"] == f"{own.url}/keys/{name}/create"
    assert own.user.secret not in audit_text(own)
    assert own.rest(own.user).session.headers["Authorization"].split(".")[-1] not in audit_text(own)


def test_an_untouched_log_verifies_without_the_server(copied_log):
    result = verify(copied_log)

    assert result.returncode == 0, result.stdout + result.stderr


def change(lines: list[str]) -> None:
    lines[5] = lines[5].replace('"time":"20', '"time":"21', 1)


def drop(lines: list[str]) -> None:
    del lines[5]


def move(lines: list[str]) -> None:
    lines[5], lines[6] = lines[6], lines[5]


def insert_twice(lines: list[str]) -> None:
    lines.insert(5, lines[5])


def truncate(lines: list[str]) -> None:
    del lines[-3:]


@pytest.mark.parametrize("attack", [change, drop, move, insert_twice, truncate], ids=lambda attack: attack.__name__)
def test_a_log_that_was_tampered_with_is_told_and_the_place_named(copied_log, attack):
    (file,) = copied_log.glob("audit-*.jsonl")
    lines = file.read_text().splitlines()
    attack(lines)
    file.write_text("".join(line + "\n" for line in lines))

    result = verify(copied_log)

    assert result.returncode != 0
    place = len(lines) if attack is truncate else 6
    assert any(f"line {near}" in result.stdout + result.stderr for near in (place, place + 1)), result.stdout


def test_a_last_record_cut_in_the_middle_is_told(copied_log):
    (file,) = copied_log.glob("audit-*.jsonl")
    file.write_bytes(file.read_bytes()[:-20])

    assert verify(copied_log).returncode != 0
