"""Compares a recorded answer with ours: the same members everywhere, the same types, the same values, but for the
values of a few members that each service chooses by itself. Those are the rows of CHOSEN."""

import base64
import json
import re
import time
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    TIME = "a time of our own: an integer, about now or as far ahead as the recorded one was"
    BYTES = "bytes of our own, as many as recorded, and the same wherever the recorded ones come again"
    OPAQUE = "text of our own, of any length"
    KEY_ID = "the same host and name with a version of our own"
    SET = "the same members in any order"
    JSON_TEXT = "JSON inside a string, compared as JSON"
    ALIKE = "a list of our own whose items have the same members as the recorded ones"
    ANY_ITEMS = "a list in which what the recording itself made is found; what stood there before is not compared"


@dataclass(frozen=True)
class Chosen:
    operations: str  # a regular expression for the operation's name
    path: str        # a regular expression for the member's path
    kind: Kind


CHOSEN = [
    Chosen("", r"value\[\].*\.(created|updated|deletedDate|scheduledPurgeDate)", Kind.TIME),
    Chosen("", r"(attributes\.)?(created|updated|deletedDate|scheduledPurgeDate)", Kind.TIME),
    Chosen("", r"(key\.|value\[\]\.)?kid", Kind.KEY_ID),
    Chosen("", r"key\.key_ops", Kind.SET),
    Chosen("Key(?!Import)", r"key\.(n|x|y)", Kind.BYTES),
    Chosen("KeyEncrypt", r"value|iv|tag", Kind.BYTES),
    Chosen("KeyBackup", r"value", Kind.OPAQUE),
    Chosen("RandomBytes", r"value", Kind.BYTES),
    Chosen("SecurityDomainDownload", r"value", Kind.JSON_TEXT),
    Chosen("SecurityDomainDownload", r"value\.EncData\.data", Kind.ALIKE),
    Chosen("SecurityDomainDownload", r"value\.SharedKeys\.enc_shares\[\]\.enc_key", Kind.OPAQUE),
    Chosen("List", r"value", Kind.ANY_ITEMS),
    Chosen("RoleDefinitionList", r"value\[\]\.properties\.permissions\[\]\.\w+", Kind.SET),
]


class Comparison:
    """Compares one answer. `made_here` holds the identities that the recording's own requests made or removed."""

    def __init__(self, operation: str, translation, is_ours_to_check):
        self.operation = operation
        self.translation = translation
        self.is_ours_to_check = is_ours_to_check
        self.differences: list[str] = []

    def compare(self, recorded, ours, path: str = "") -> list[str]:
        kind = self._kind(path)
        if kind is not None and type(recorded) is type(ours):
            getattr(self, f"_{kind.name.lower()}")(recorded, ours, path)
        elif isinstance(recorded, bool) or isinstance(ours, bool) or type(recorded) is not type(ours):
            if recorded is not ours:
                self._differ(path, recorded, ours)
        elif isinstance(recorded, dict):
            self._members(recorded, ours, path)
        elif isinstance(recorded, list):
            if len(recorded) != len(ours):
                self._differ(path, f"{len(recorded)} items", f"{len(ours)} items")
            for one, other in zip(recorded, ours):
                self.compare(one, other, path + "[]")
        else:
            expected = self.translation.translate(recorded) if isinstance(recorded, str) else recorded
            if expected != ours:
                self._differ(path, expected, ours)
        return self.differences

    def _kind(self, path: str) -> Kind | None:
        for row in CHOSEN:
            if re.search(row.operations, self.operation) and re.fullmatch(row.path, path):
                return row.kind
        return None

    def _differ(self, path: str, recorded, ours) -> None:
        self.differences.append(f"{path or 'body'}: recorded {_short(recorded)}, ours {_short(ours)}")

    def _members(self, recorded: dict, ours: dict, path: str) -> None:
        for member in sorted(recorded.keys() | ours.keys()):
            below = f"{path}.{member}" if path else member
            if member not in ours:
                self.differences.append(f"{below}: recorded, absent in ours")
            elif member not in recorded:
                self.differences.append(f"{below}: ours only, {_short(ours[member])}")
            else:
                self.compare(recorded[member], ours[member], below)

    def _time(self, recorded, ours, path) -> None:
        ahead = abs(ours - time.time()) > 3600
        if ahead and "scheduledPurgeDate" not in path:
            self._differ(path, "a time", ours)

    def _bytes(self, recorded, ours, path) -> None:
        known = self.translation.known(recorded)
        if known is not None and known != ours:
            self._differ(path, f"again what we called {_short(known)}", ours)
        elif _decoded_length(recorded) != _decoded_length(ours):
            self._differ(path, f"{_decoded_length(recorded)} bytes", f"{_decoded_length(ours)} bytes")
        else:
            self.translation.learn(recorded, ours)

    def _opaque(self, recorded, ours, path) -> None:
        if bool(recorded) != bool(ours):
            self._differ(path, recorded, ours)
        self.translation.learn(recorded, ours)

    def _key_id(self, recorded, ours, path) -> None:
        match = re.search(r"/([0-9a-f]{32})$", recorded)
        if match and self.translation.known(match[1]) is None:
            version = re.search(r"/([0-9a-f]{32})$", ours)
            if not version:
                return self._differ(path, "an id with a version", ours)
            self.translation.learn(match[1], version[1])
        if self.translation.translate(recorded) != ours:
            self._differ(path, self.translation.translate(recorded), ours)

    def _set(self, recorded, ours, path) -> None:
        if sorted(recorded) != sorted(ours):
            self._differ(path, sorted(recorded), sorted(ours))

    def _json_text(self, recorded, ours, path) -> None:
        self._members(json.loads(recorded), json.loads(ours), path)

    def _alike(self, recorded, ours, path) -> None:
        shapes = {tuple(sorted(item)) for item in recorded}
        for item in ours:
            if tuple(sorted(item)) not in shapes:
                self._differ(path, shapes, item)

    def _any_items(self, recorded, ours, path) -> None:
        by_identity = {_identity(item): item for item in ours}
        for item in recorded:
            identity = self.translation.translate(_identity(item))
            if identity in by_identity:
                self.compare(item, by_identity[identity], path + "[]")
            elif self.is_ours_to_check(_identity(item)):
                self.differences.append(f"{path}[]: recorded {_identity(item)}, absent in ours")
        expected = {self.translation.translate(_identity(item)) for item in recorded}
        for identity in by_identity.keys() - expected:
            if self.is_ours_to_check(identity):
                self.differences.append(f"{path}[]: ours only, {identity}")


def _identity(item: dict) -> str:
    return item.get("kid") or item.get("name") or json.dumps(item)


def _decoded_length(text: str) -> int:
    return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _short(value) -> str:
    text = repr(value)
    return text if len(text) <= 160 else text[:157] + "..."
