"""Where things are: the build under test, the tests' tools, the shared reference data."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("STRONGROOM_BUILD", ROOT / "build" / "release"))
BIN = BUILD / "bin"
LOGS = ROOT / "build" / "test-logs"
VENV = ROOT / "build" / "venv"
JS = ROOT / "build" / "js"

# Data that is not ours to copy (recordings of the live service, published vectors), beside the checkout or absent.
SHARED = ROOT.parent / "shared"
