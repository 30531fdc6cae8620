"""The boundary, from outside: key material that a client sends in stays in partitions alone."""

import base64
import secrets
import subprocess
import sys

from harness import paths
from harness.on_premises import byok_file, wrapped_for
from harness.rest import b64u

SCAN = paths.ROOT / "tools" / "scan_memory.py"


def traces(rig, pattern: bytes, directory) -> list[str]:
    """Where the pattern lies in the front end's memory or in any file of the server."""
    pattern_file = directory / "pattern"
    pattern_file.write_bytes(pattern)
    found = subprocess.run(
        [sys.executable, SCAN, "--pattern-file", pattern_file, "--pid", str(rig.server.process.pid), rig.server.data],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode in (0, 1), found.stderr
    return found.stdout.splitlines() if found.returncode == 1 else []


def test_an_imported_key_leaves_no_trace_in_the_front_end_or_in_a_file(own, name, tmp_path):
    key = secrets.token_bytes(32)
    text = base64.urlsafe_b64encode(key).rstrip(b"=")

    own.rest(own.user).put(f"/keys/{name}", {"key": {"kty": "oct-HSM", "k": text.decode()}})
    own.rest(own.user).post(f"/keys/{name}/encrypt", {"alg": "A256GCM", "value": "AAAA"})

    assert traces(own, key, tmp_path) == []
    assert traces(own, text, tmp_path) == []


def test_a_key_that_another_hsm_wrapped_leaves_none_either(own, name, tmp_path):
    rest = own.rest(own.user)
    exchange = rest.create_key(f"{name}-kek", kty="RSA-HSM", key_ops=["import"])["key"]
    key = secrets.token_bytes(32)
    blob = byok_file(exchange["kid"], wrapped_for(exchange, key))

    assert rest.put(f"/keys/{name}", {"key": {"kty": "oct-HSM", "key_hsm": b64u(blob)}}).status_code == 200
    assert rest.post(f"/keys/{name}/encrypt", {"alg": "A256GCM", "value": "AAAA"}).status_code == 200

    assert traces(own, key, tmp_path) == []


def test_the_scan_finds_what_is_there(own, tmp_path):
    """So that the test above can fail: a key's name is no secret, and the front end knows it."""
    name = f"found-{secrets.token_hex(16)}"
    own.rest(own.user).post(f"/keys/{name}/create", {"kty": "EC-HSM"})
    own.rest(own.user).get(f"/keys/{name}")

    assert traces(own, name.encode(), tmp_path) != []
