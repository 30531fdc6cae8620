"""Reads the recordings of the live service (shared/recordings, its README says what they are)."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

from harness import paths

FOLDER = paths.SHARED / "recordings"
HSM_HOST = re.compile(r"[a-z0-9-]+\.managedhsm\.azure\.net")


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, in the order in which a client made them."""

    file: str
    index: int
    request: dict
    response: dict

    @property
    def method(self) -> str:
        return self.request["method"]

    @cached_property
    def url(self):
        return urlsplit(self.request["uri"])

    @property
    def host(self) -> str:
        return self.url.netloc

    @property
    def path(self) -> str:
        return self.url.path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.url.query, keep_blank_values=True))

    @property
    def status(self) -> int:
        return self.response["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.response["headers"].items()}

    @cached_property
    def answer(self):
        """The answer's JSON, or None where the body is none (401, 204)."""
        try:
            return json.loads(self.response["body"])
        except (TypeError, ValueError):
            return None

    def __str__(self) -> str:
        return f"{self.file.removesuffix('.json')}:{self.index} {self.method} {self.path} {self.status}"


def load() -> list[Exchange]:
    """All exchanges with an HSM's own host, file by file; none if the recordings are absent."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        for index, raw in enumerate(_parse(file.read_text())):
            exchange = Exchange(file.name, index, raw["request"], raw["response"])
            if HSM_HOST.fullmatch(exchange.host):
                found.append(exchange)
    return found


def _parse(text: str) -> list[dict]:
    try:
        return json.loads(text)
    except ValueError:
        # In two files the redaction of SAS signatures took the backslash of the quote that follows.
        return json.loads(text.replace('REDACTED"}', 'REDACTED\\"}'))
