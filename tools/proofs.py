#!/usr/bin/env python3
"""tools/proofs.py: docs/compatibility.md names only proofs that exist, and every error code there is.

A proof is a file or folder below tests/, with `::name` or `Suite.Name` of a test in it. Prints what is missing, and ends
with 1 if anything is."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
DOCUMENT = ROOT / "docs" / "compatibility.md"
PROOF = re.compile(r"`((?:[a-z_]+/)+[A-Za-z0-9_.]*)(?:::(\w+))?`(?:: `(\w+)(?:\.(\w+))?`)?")
ERROR_CODE = re.compile(r'\{Errc::k\w+, \d+, "(\w+)"')


def proofs(text):
    """(file, name in it or none) for each proof in the last cell of a row."""
    for line in text.splitlines():
        if line.startswith("|"):
            for path, function, suite, name in PROOF.findall(line.rstrip("| ").rpartition("|")[2]):
                yield path, [word for word in (function, suite, name) if word]


def main():
    text = DOCUMENT.read_text()
    missing = []
    for path, names in proofs(text):
        place = TESTS / path
        if not place.exists():
            missing.append(f"there is no tests/{path}")
        missing += [f"tests/{path} has no {name}" for name in names if place.is_file() and name not in place.read_text()]
    codes = set(ERROR_CODE.findall((ROOT / "src/api/error_table.h").read_text()))
    missing += [f"the error code {code} has no row" for code in sorted(codes) if f"`{code}`" not in text]
    for sentence in missing:
        print(f"{DOCUMENT.relative_to(ROOT)}: {sentence}")
    return 1 if missing or not codes else 0


if __name__ == "__main__":
    sys.exit(main())
