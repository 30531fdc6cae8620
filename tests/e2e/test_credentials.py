"""Every credential class of azure-identity that a service uses, unmodified, against the built-in token service."""

import os
import time

import jwt
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from azure.keyvault.keys import KeyClient
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.applications import self_signed, write_pem
from harness.rest import token
from harness.rig import WORKLOAD_AUDIENCE, WORKLOAD_SUBJECT


@pytest.fixture(autouse=True)
def clean_environment(rig, monkeypatch):
    """Only the CA is known; each scenario says what else its credential is given."""
    for variable in list(os.environ):
        if variable.startswith(("AZURE_", "IDENTITY_", "MSI_")):
            monkeypatch.delenv(variable)
    for variable, value in rig.trust().items():
        monkeypatch.setenv(variable, value)


@pytest.fixture
def tenants(rig):
    """How each of the two ways to name the tenant looks: (tenant, options)."""
    authority = rig.deployment.domain.authority
    if rig.has_azure_names:
        return [(rig.deployment.tenant, {})]
    return [
        ("adfs", {"authority": authority}),
        (rig.deployment.tenant, {"authority": authority, "disable_instance_discovery": True}),
    ]


def works(rig, credential) -> None:
    """The credential gets a token that the instance accepts (an unknown key is a 404, not a 401 or 403)."""
    with KeyClient(rig.url, credential) as keys:
        list(keys.list_properties_of_key_versions("nothing-here"))


def test_a_client_secret(rig, tenants):
    for tenant, options in tenants:
        works(rig, ClientSecretCredential(tenant, rig.user.client_id, rig.user.secret, **options))


def test_a_client_secret_by_environment_alone(rig, monkeypatch):
    for variable, value in rig.environment(rig.user).items():
        monkeypatch.setenv(variable, value)

    works(rig, EnvironmentCredential())
    works(rig, DefaultAzureCredential())


def test_a_client_certificate(rig, tenants):
    for tenant, options in tenants:
        credential = CertificateCredential(tenant, rig.certificate.client_id, str(rig.certificate_file), **options)
        works(rig, credential)


def test_a_client_certificate_by_environment_alone(rig, monkeypatch):
    for variable, value in rig.environment(rig.certificate).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("AZURE_CLIENT_SECRET")
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", str(rig.certificate_file))

    works(rig, EnvironmentCredential())


def test_a_workload_identity(rig, tenants, tmp_path):
    file = tmp_path / "token"
    file.write_text(rig.issuer.token(WORKLOAD_SUBJECT, WORKLOAD_AUDIENCE))
    for tenant, options in tenants:
        works(
            rig,
            WorkloadIdentityCredential(
                tenant_id=tenant, client_id=rig.workload.client_id, token_file_path=str(file), **options
            ),
        )


def test_a_managed_identity_as_app_service_offers_it(rig, monkeypatch):
    identity = rig.deployment.managed_identity
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{identity.port}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", identity.identity_header)

    works(rig, ManagedIdentityCredential())
    works(rig, ManagedIdentityCredential(client_id=rig.managed.client_id))


def test_a_managed_identity_as_a_virtual_machine_offers_it(rig, monkeypatch):
    port = rig.deployment.managed_identity.port
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", f"http://127.0.0.1:{port}")

    works(rig, ManagedIdentityCredential())


# What must not work.


def refused(rig, credential) -> str:
    with pytest.raises(ClientAuthenticationError) as error:
        works(rig, credential)
    return str(error.value)


def test_a_wrong_secret_is_refused_with_the_code_that_clients_print(rig, tenants):
    for tenant, options in tenants:
        credential = ClientSecretCredential(tenant, rig.user.client_id, "wrong", **options)
        assert "AADSTS7000215" in refused(rig, credential)


def test_an_unknown_application_is_refused(rig, tenants):
    for tenant, options in tenants:
        credential = ClientSecretCredential(tenant, "2b1dd8f6-6b8e-4a75-9c2b-0f6a4a6f2a00", "secret", **options)
        assert "AADSTS700016" in refused(rig, credential)


def test_another_certificate_is_refused(rig, tenants, tmp_path):
    file = write_pem(tmp_path / "other.pem", *self_signed("other"))
    for tenant, options in tenants:
        credential = CertificateCredential(tenant, rig.certificate.client_id, str(file), **options)
        assert "AADSTS700027" in refused(rig, credential)


@pytest.mark.parametrize("fault", ["subject", "audience", "signature", "expired"])
def test_a_workload_token_that_is_not_exactly_the_trusted_one_is_refused(rig, tenants, tmp_path, fault):
    forged = {
        "subject": lambda: rig.issuer.token("system:serviceaccount:payments:other", WORKLOAD_AUDIENCE),
        "audience": lambda: rig.issuer.token(WORKLOAD_SUBJECT, "api://Other"),
        "signature": lambda: rig.issuer.token(
            WORKLOAD_SUBJECT, WORKLOAD_AUDIENCE, key=rsa.generate_private_key(public_exponent=65537, key_size=2048)
        ),
        "expired": lambda: rig.issuer.token(WORKLOAD_SUBJECT, WORKLOAD_AUDIENCE, lifetime_s=-3600),
    }[fault]
    file = tmp_path / "token"
    file.write_text(forged())
    for tenant, options in tenants:
        credential = WorkloadIdentityCredential(
            tenant_id=tenant, client_id=rig.workload.client_id, token_file_path=str(file), **options
        )
        assert "AADSTS" in refused(rig, credential)


def test_the_managed_identity_endpoint_answers_only_those_who_know_its_header(rig):
    identity = rig.deployment.managed_identity
    endpoint = f"http://127.0.0.1:{identity.port}"
    wanted = {"api-version": "2019-08-01", "resource": rig.deployment.domain.resource}

    without = requests.get(f"{endpoint}/msi/token", wanted)
    wrong = requests.get(f"{endpoint}/msi/token", wanted, headers={"X-IDENTITY-HEADER": "guess"})
    relayed = requests.get(
        f"{endpoint}/metadata/identity/oauth2/token",
        {"api-version": "2018-02-01", "resource": rig.deployment.domain.resource},
        headers={"Metadata": "true", "X-Forwarded-For": "10.0.0.1"},
    )

    for answer in (without, wrong, relayed):
        assert answer.status_code in (400, 401, 403)
        assert "access_token" not in answer.text


def test_a_token_names_its_principal_and_lives_about_an_hour(rig):
    claims = jwt.decode(token(rig.deployment, rig.server.ca, rig.user), options={"verify_signature": False})

    assert claims["oid"] == rig.user.object_id
    assert claims["tid"] == rig.deployment.tenant
    assert claims["appid"] == rig.user.client_id
    assert 0 < claims["exp"] - time.time() <= 3600 * 24
