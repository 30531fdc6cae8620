"""Rigs and scenes shared by every suite that needs a server (tests/run gives it a namespace of its own)."""

import secrets
import shutil

import pytest
from azure.identity import DefaultAzureCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient

from harness import paths
from harness.deployment import AZURE_NAMES, OWN_NAMES
from harness.rig import Rig

DOMAINS = {"azure-names": AZURE_NAMES, "own-names": OWN_NAMES}
MANAGED_IDENTITY_PORTS = {"azure-names": 4141, "own-names": 4142}

_rigs: dict[str, Rig] = {}


def rig_named(which: str) -> Rig:
    if which not in _rigs:
        directory = paths.LOGS / which
        shutil.rmtree(directory, ignore_errors=True)
        _rigs[which] = Rig(DOMAINS[which], directory, MANAGED_IDENTITY_PORTS[which])
    rig = _rigs[which]
    rig.server  # starts it on first use
    return rig


def pytest_sessionfinish():
    for rig in _rigs.values():
        rig.close()


@pytest.fixture(params=DOMAINS)
def rig(request) -> Rig:
    """Both rigs in turn: the original Azure names on port 443, and own names on an own port."""
    return rig_named(request.param)


@pytest.fixture
def own() -> Rig:
    """The rig with own names, for scenarios in which names play no part."""
    return rig_named("own-names")


@pytest.fixture
def name(request) -> str:
    """A key name of this test's own."""
    return f"{request.function.__name__.removeprefix('test_').replace('_', '-')[:40]}-{secrets.token_hex(3)}"


@pytest.fixture
def environment(rig, monkeypatch) -> dict[str, str]:
    """The environment lines of the rig's user, in force for this test."""
    variables = rig.environment(rig.user)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    return variables


@pytest.fixture
def keys(rig, environment) -> KeyClient:
    """What an application writes: its vault's URL, the default credential, no option."""
    with KeyClient(rig.url, DefaultAzureCredential()) as client:
        yield client


@pytest.fixture
def cryptography_of(environment):
    """cryptography_of(key) → a CryptographyClient with default options."""
    return lambda key: CryptographyClient(key, DefaultAzureCredential())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for which, rig in _rigs.items():
            if "server" in rig.__dict__:
                report.sections.append((f"strongroomd of {which}", rig.server.log_tail()))
    return report
