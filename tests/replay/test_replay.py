"""Every recorded exchange of the operations that we serve, replayed: the same status, header names and JSON."""

import itertools
import shutil

import pytest

from harness import paths
from replay import recordings
from replay.exceptions import EXCEPTIONS
from replay.operations import operation_of
from replay.player import Player

EXCHANGES = recordings.load()
PORTS = itertools.count(9700)

_explained: set = set()


@pytest.fixture(scope="module")
def players():
    """One player, with a server of its own, for each HSM of each recording."""
    made: dict[tuple[str, str], Player] = {}

    def of(exchange) -> Player:
        which = (exchange.file, exchange.host)
        if which not in made:
            directory = paths.LOGS / "replay" / f"{exchange.file}-{exchange.host}"
            shutil.rmtree(directory, ignore_errors=True)
            exchanges = [e for e in EXCHANGES if (e.file, e.host) == which]
            made[which] = Player(exchanges, directory, next(PORTS))
        return made[which]

    yield of
    for player in made.values():
        player.close()


@pytest.mark.parametrize("exchange", [e for e in EXCHANGES if operation_of(e).covered], ids=str)
def test_our_answer_is_the_recorded_one(players, exchange):
    unexplained = []
    for difference in players(exchange).differences(exchange):
        rows = [row for row in EXCEPTIONS if row.explains(exchange, difference)]
        _explained.update(rows)
        if not rows:
            unexplained.append(difference)

    assert not unexplained, "\n".join(unexplained)


@pytest.mark.skipif(not EXCHANGES, reason="shared/recordings is absent")
def test_every_exception_explains_a_difference(request):
    if len(request.session.items) < len(EXCHANGES) // 2:
        pytest.skip("only part of the recordings was replayed")

    assert [row for row in EXCEPTIONS if row not in _explained] == []
