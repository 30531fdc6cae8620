"""The table on standard output, line by line as rows are measured, and the JSON file."""

import dataclasses
import json
from dataclasses import dataclass


@dataclass
class Row:
    name: str
    connections: int
    per_second: float | None
    p50: float | None  # µs
    p99: float | None  # µs
    cpu: float | None  # µs of server CPU a request
    limit: str
    limit_us: float | None
    value: float  # what the target is about: the ratio to the limit unless `unit` says otherwise
    unit: str = "×"
    target: str = ""
    met: bool | None = None  # None: no target
    noise: float = 0.0  # of the limit: difference of the measurements before and after


COLUMNS = (
    ("row", 31), ("conn", 4), ("op/s", 8), ("p50 µs", 8), ("p99 µs", 8), ("CPU µs", 8),
    ("limit", 27), ("limit µs", 8), ("noise", 5), ("ratio or value", 16), ("target", 8), ("met", 3),
)


def number(value, digits=1):
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 1000 else f"{value:.{digits}f}"


def cells(row):
    return (
        row.name, str(row.connections or ""), number(row.per_second, 0), number(row.p50, 0), number(row.p99, 0),
        number(row.cpu), row.limit, number(row.limit_us), f"{row.noise:.0%}" if row.noise else "",
        f"{number(row.value, 2)} {row.unit}", row.target, {True: "yes", False: "NO", None: ""}[row.met],
    )


class Report:
    def __init__(self):
        self.rows = []
        self.facts = {}
        self.headed = False

    def note(self, text):
        print(f"# {text}", flush=True)

    def add(self, row):
        if not self.headed:
            print(self.line([name for name, _ in COLUMNS]))
            self.headed = True
        self.rows.append(row)
        print(self.line(cells(row)), flush=True)

    @staticmethod
    def line(texts):
        left = (0, 6, 9, 10)
        return "  ".join(
            text.ljust(width) if i in left else text.rjust(width)
            for i, (text, (_, width)) in enumerate(zip(texts, COLUMNS, strict=True))
        ).rstrip()

    def finish(self, json_file):
        missed = [row for row in self.rows if row.met is False]
        judged = [row for row in self.rows if row.met is not None]
        self.note(f"{len(judged) - len(missed)} of {len(judged)} targets met")
        if json_file:
            with open(json_file, "w") as file:
                json.dump({"facts": self.facts, "rows": [dataclasses.asdict(row) for row in self.rows]}, file, indent=1)
