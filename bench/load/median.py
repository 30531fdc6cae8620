"""On a shared machine a single measurement may meet a bad second."""

ROUNDS = 3


def median_of(measure, rank, rounds=ROUNDS):
    """Measures several times; the one in the middle of their order by `rank`."""
    return sorted((measure() for _ in range(rounds)), key=rank)[rounds // 2]
