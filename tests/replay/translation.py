"""What of a recording has another value here: the host, and every id, time or cryptographic output that only the
service chooses. Learned pair by pair from answers, and put in their place in the requests that follow."""


class Translation:
    def __init__(self, recorded_host: str, our_url: str):
        self._fixed = {f"https://{recorded_host}": our_url}
        self._learned: dict[str, str] = {}

    def known(self, recorded: str) -> str | None:
        return self._learned.get(recorded)

    def learn(self, recorded: str, ours: str) -> None:
        if len(recorded) >= 6:  # shorter values mean different things in different places
            self._learned[recorded] = ours

    def translate(self, text: str) -> str:
        """`text` as our server would say it, as far as is known."""
        for pairs in (self._fixed, self._learned):
            for recorded, ours in pairs.items():
                text = text.replace(recorded, ours)
        return text
