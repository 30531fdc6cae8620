"""Differences from the recordings that are meant, each with its reason. A difference without a row fails the replay,
and so does a row that explains nothing."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Exception_:
    exchange: str    # a regular expression for "file:index METHOD path status"
    difference: str  # a regular expression for the whole difference
    reason: str

    def explains(self, exchange, difference: str) -> bool:
        return re.search(self.exchange, str(exchange)) is not None and re.search(self.difference, difference) is not None


EXCEPTIONS = [
    Exception_(
        "", "^header x-ms-request-id: ours only$",
        "the live service sends it (reference/keys-api.md §5.3); the recorder left it out",
    ),
]
