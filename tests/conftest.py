"""Rigs and scenes shared by every suite that needs a server (tests/run gives it a namespace of its own)."""

import secrets

import pytest
from azure.identity import ClientSecretCredential, DefaultAzureCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient

from harness import rigs
from harness.rig import Rig

def pytest_sessionfinish():
    rigs.close_all()


@pytest.fixture(params=rigs.DOMAINS)
def rig(request) -> Rig:
    """Both rigs in turn: the original Azure names on port 443, and own names on an own port."""
    return rigs.rig_named(request.param)


@pytest.fixture
def own() -> Rig:
    """The rig with own names, for scenarios in which names play no part."""
    return rigs.rig_named("own-names")


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
def keys_of_own(own) -> KeyClient:
    """The same for the rig with own names alone."""
    credential = ClientSecretCredential(
        "adfs", own.user.client_id, own.user.secret, authority=own.deployment.domain.authority, connection_verify=own.server.ca
    )
    with KeyClient(own.url, credential, connection_verify=own.server.ca) as client:
        yield client


@pytest.fixture
def cryptography_of(environment):
    """cryptography_of(key) → a CryptographyClient with default options."""
    return lambda key: CryptographyClient(key, DefaultAzureCredential())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for which, log in rigs.logs().items():
            report.sections.append((f"strongroomd of {which}", log))
    return report
