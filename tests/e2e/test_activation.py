"""The road from a new instance to a usable one, with the released security-domain client."""

import itertools
import json

import pytest
from azure.identity import DefaultAzureCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.securitydomain import SecurityDomainClient
from azure.keyvault.securitydomain.models import CertificateInfo, SecurityDomainJsonWebKey

from harness import roles, security_domain
from harness.deployment import Deployment, Domain
from harness.rest import Rest, token
from harness.security_domain import Holder
from harness.server import Strongroomd

PORTS = itertools.count(9500)


@pytest.fixture
def fresh(tmp_path):
    """A server whose instance nobody has activated yet: (server, the administrator's session)."""
    deployment = Deployment(Domain("managedhsm.localhost", "login.localhost", next(PORTS)))
    server = Strongroomd(deployment, tmp_path / "fresh").start()
    yield server, session_of(server)
    if server.running():
        server.stop()


@pytest.fixture(scope="module")
def holders():
    return [Holder.new(f"holder {n}") for n in range(10)]


def session_of(server) -> Rest:
    deployment = server.deployment
    return Rest(deployment.url, server.ca, token(deployment, server.ca, deployment.administrator))


def test_before_activation_only_the_security_domain_is_served(fresh):
    _, rest = fresh

    for answer in (rest.get("/keys"), rest.post("/keys/k/create", {"kty": "EC"}), rest.post("/rng", {"count": 8})):
        assert answer.status_code == 403
        assert "activated" in answer.json()["error"]["message"]
    for side in ("download", "upload"):
        assert rest.get(f"/securitydomain/{side}/pending").status_code == 404


@pytest.mark.parametrize("side", ["download", "upload"])
@pytest.mark.parametrize("query", ["", "?api-version=7.2"])
def test_after_a_download_both_pending_routes_tell_that_the_hsm_is_active(fresh, holders, side, query):
    """az and the live service's own traffic poll the upload's, also after a download."""
    _, rest = fresh
    security_domain.activate(rest, holders[:3])
    url = f"{rest.url}/securitydomain/{side}/pending{query}"

    answer = rest.session.get(url)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"status": "Success", "status_details": "The resource is active."}
    assert answer.headers["Azure-AsyncOperation"] == url


def test_an_outsider_learns_no_state_of_the_security_domain(own):
    for side in ("download", "upload"):
        assert own.rest(own.outsider).get(f"/securitydomain/{side}/pending").status_code == 403


def test_the_released_client_downloads_the_domain_and_thereby_activates(fresh, holders, monkeypatch):
    server, rest = fresh
    deployment = server.deployment
    for variable, value in {
        "REQUESTS_CA_BUNDLE": server.ca,
        "AZURE_AUTHORITY_HOST": deployment.domain.authority,
        "AZURE_TENANT_ID": "adfs",
        "AZURE_CLIENT_ID": deployment.administrator.client_id,
        "AZURE_CLIENT_SECRET": deployment.administrator.secret,
    }.items():
        monkeypatch.setenv(variable, value)
    certificates = [SecurityDomainJsonWebKey({**holder.jwk(), "kid": "k"}) for holder in holders[:3]]

    client = SecurityDomainClient(deployment.url, DefaultAzureCredential())
    result = client.begin_download(CertificateInfo(certificates=certificates, required=2)).result()

    file = json.loads(result.value)
    assert file["version"] == 2
    assert file["SharedKeys"]["required"] == 2
    assert [share["x5t_256"] for share in file["SharedKeys"]["enc_shares"]] == [h.thumbprint for h in holders[:3]]
    roles.grant(rest, deployment.administrator.object_id, roles.CRYPTO_USER)
    assert KeyClient(deployment.url, DefaultAzureCredential()).create_ec_key("first").id


def test_the_initial_administrator_is_listed_as_such(fresh, holders):
    server, rest = fresh
    security_domain.activate(rest, holders[:3])

    (assignment,) = rest.get("/providers/Microsoft.Authorization/roleAssignments").json()["value"]

    assert assignment["properties"]["principalId"] == server.deployment.administrator.object_id
    assert assignment["properties"]["roleDefinitionId"] == roles.definition_id(roles.ADMINISTRATOR)
    assert assignment["properties"]["scope"] == "/"


@pytest.mark.parametrize(
    "count, quorum", [(0, 2), (2, 2), (11, 2), (3, 1), (3, 4), (3, 0), (3, 11)], ids=lambda value: str(value)
)
def test_a_quorum_out_of_range_activates_nothing(fresh, holders, count, quorum):
    _, rest = fresh
    chosen = (holders * 2)[:count]

    assert security_domain.download(rest, chosen, quorum).status_code == 400
    assert rest.get("/keys").status_code == 403


def test_one_holder_never_gets_two_shares(fresh, holders):
    _, rest = fresh

    assert security_domain.download(rest, [holders[0], holders[1], holders[0]], 2).status_code == 400


def test_a_weak_certificate_is_refused(fresh, holders):
    _, rest = fresh

    assert security_domain.download(rest, [*holders[:2], Holder.new("weak", 1024)], 2).status_code == 400


def test_an_outsider_activates_nothing(own, holders):
    assert security_domain.download(own.rest(own.outsider), holders[:3], 2).status_code == 403


def test_a_second_download_gives_other_holders_the_same_domain(fresh, holders):
    _, rest = fresh
    first = security_domain.activate(rest, holders[:3], 2)
    second = security_domain.activate(rest, holders[3:8], 3)

    assert second["SharedKeys"]["required"] == 3
    assert len(second["SharedKeys"]["enc_shares"]) == 5
    assert [item["tag"] for item in second["EncData"]["data"]] == [item["tag"] for item in first["EncData"]["data"]]


def test_after_a_restart_the_instance_opens_itself_and_finds_its_keys(fresh, holders):
    server, rest = fresh
    security_domain.activate(rest, holders[:3])
    roles.grant(rest, server.deployment.administrator.object_id, roles.CRYPTO_USER)
    created = rest.create_key("lasting", kty="RSA-HSM")
    body = {"alg": "RSA-OAEP-256", "value": "c2VjcmV0"}
    sealed = rest.post("/keys/lasting/encrypt", body).json()

    assert server.stop() == 0
    server.start()

    again = session_of(server)
    assert again.get("/keys/lasting").json()["key"] == created["key"] | {
        "key_ops": again.get("/keys/lasting").json()["key"]["key_ops"]
    }
    opened = again.post("/keys/lasting/decrypt", {"alg": "RSA-OAEP-256", "value": sealed["value"]}).json()
    assert opened["value"] == body["value"]
