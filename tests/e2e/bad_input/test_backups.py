"""Blobs that are no backup of this HSM: each a 400 MalformedBackupBlob, and nothing is written."""

import pytest

from harness.rest import b64u, unb64u
from harness.rigs import rig_named

NAME = "bad-backup"


@pytest.fixture(scope="module")
def value() -> str:
    """A good blob whose key is gone."""
    rig = rig_named("own-names")
    rest = rig.rest(rig.user)
    rest.create_key(NAME, kty="EC-HSM")
    value = rest.post(f"/keys/{NAME}/backup").json()["value"]
    rest.delete(f"/keys/{NAME}")
    rest.delete(f"/deletedkeys/{NAME}")
    return value


CHANGES = {
    "empty": lambda value: "",
    "not base64url": lambda value: "not base64url!",
    "one character": lambda value: "A",
    "not a JWE": lambda value: b64u(b"a key"),
    "four parts": lambda value: b64u(b"a.b.c.d"),
    "five parts of nothing": lambda value: b64u(b"...."),
    "separators alone": lambda value: b64u(b"~" * 50),
    "more separators than parts": lambda value: b64u(b"~" * 500),
    "cut in half": lambda value: value[: len(value) // 8 * 4],
    "cut by one part": lambda value: b64u(unb64u(value).rsplit(b".", 1)[0]),
    "twice": lambda value: b64u(unb64u(value) + b"~" + unb64u(value)),
    "standard alphabet": lambda value: value[:-4] + "++//",
    "another key id": lambda value: b64u(
        b64u(b'{"alg":"dir","enc":"A256CBC-HS512","kid":"another-key"}').encode() + b"." + unb64u(value).split(b".", 1)[1]),
    "no encryption": lambda value: b64u(b64u(b'{"alg":"none"}').encode() + b"." + unb64u(value).split(b".", 1)[1]),
    "very long": lambda value: "A" * 2_000_000,
}


def is_malformed(answer) -> None:
    assert answer.status_code == 400, f"{answer.status_code} {answer.text[:300]}"
    assert answer.json()["error"]["code"] == "MalformedBackupBlob"


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_no_backup_is_refused(own, value, what):
    rest = own.rest(own.user)

    is_malformed(rest.post("/keys/restore", {"value": CHANGES[what](value)}))

    assert rest.get(f"/keys/{NAME}/").status_code == 404


def test_a_changed_character_anywhere_is_refused(own, value):
    rest = own.rest(own.user)
    for at in range(0, len(value), max(1, len(value) // 60)):
        other = "B" if value[at] == "A" else "A"
        is_malformed(rest.post("/keys/restore", {"value": value[:at] + other + value[at + 1:]}))

    assert rest.get(f"/keys/{NAME}/").status_code == 404
    assert rest.post("/keys/restore", {"value": value}).status_code == 200
    rest.delete(f"/keys/{NAME}")
    rest.delete(f"/deletedkeys/{NAME}")
