"""The audit log: every request leaves a record, and `strongroom audit verify` finds what was done to it afterwards."""

import json
import subprocess

import pytest

from harness import paths


def audit_files(rig) -> list:
    return sorted(rig.server.data.rglob("audit-*.jsonl"))


def records(rig) -> list[dict]:
    return [json.loads(line) for file in audit_files(rig) for line in file.read_text().splitlines()]


def verify(file) -> subprocess.CompletedProcess:
    command = [paths.BIN / "strongroom", "audit", "verify", file]
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
    everything = "".join(file.read_text() for file in audit_files(own))
    assert own.user.secret not in everything
    assert own.rest(own.user).session.headers["Authorization"].split(".")[-1] not in everything


def test_an_untouched_log_verifies_without_the_server(own, tmp_path):
    own.rest(own.user).get("/keys")
    (file,) = audit_files(own)
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())

    result = verify(copy)

    assert result.returncode == 0, result.stdout + result.stderr


def change(lines: list[str]) -> None:
    lines[5] = lines[5].replace('"httpStatusCode":', '"httpStatusCode": ', 1)


def drop(lines: list[str]) -> None:
    del lines[5]


def move(lines: list[str]) -> None:
    lines[5], lines[6] = lines[6], lines[5]


def insert_twice(lines: list[str]) -> None:
    lines.insert(5, lines[5])


@pytest.mark.parametrize("attack", [change, drop, move, insert_twice], ids=lambda attack: attack.__name__)
def test_a_log_that_was_tampered_with_is_told_and_the_place_named(own, tmp_path, attack):
    for _ in range(10):
        own.rest(own.user).get("/keys")
    (file,) = audit_files(own)
    lines = file.read_text().splitlines()
    attack(lines)
    forged = tmp_path / file.name
    forged.write_text("\n".join(lines) + "\n")

    result = verify(forged)

    assert result.returncode != 0
    assert any(place in result.stdout + result.stderr for place in ("5", "6")), result.stdout + result.stderr


def test_a_truncated_last_record_is_told(own, tmp_path):
    own.rest(own.user).get("/keys")
    (file,) = audit_files(own)
    forged = tmp_path / file.name
    forged.write_bytes(file.read_bytes()[:-20])

    assert verify(forged).returncode != 0
