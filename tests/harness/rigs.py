"""The two rigs that scenarios run against, each built on first use and stopped when the test run ends."""

import shutil

from harness import paths
from harness.deployment import AZURE_NAMES, OWN_NAMES
from harness.rig import Rig

DOMAINS = {"azure-names": AZURE_NAMES, "own-names": OWN_NAMES}
_MANAGED_IDENTITY_PORTS = {"azure-names": 4141, "own-names": 4142}

_rigs: dict[str, Rig] = {}


def rig_named(which: str) -> Rig:
    if which not in _rigs:
        directory = paths.LOGS / which
        shutil.rmtree(directory, ignore_errors=True)
        _rigs[which] = Rig(DOMAINS[which], directory, _MANAGED_IDENTITY_PORTS[which])
    rig = _rigs[which]
    rig.server  # starts it on first use
    return rig


def logs() -> dict[str, str]:
    """The end of each running server's log, for the report of a failure."""
    return {which: rig.server.log_tail() for which, rig in _rigs.items() if "server" in rig.__dict__}


def close_all() -> None:
    for rig in _rigs.values():
        rig.close()
