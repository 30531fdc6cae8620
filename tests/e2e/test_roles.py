"""Local RBAC, the only authority over keys, handled with the released administration client."""

import hashlib
import uuid

import pytest
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.keyvault.administration import KeyVaultAccessControlClient
from azure.keyvault.keys import KeyClient

from harness import roles
from harness.rest import Rest, b64u

SIGN = {"alg": "ES256", "value": b64u(hashlib.sha256(b"text").digest())}


@pytest.fixture
def access(rig, environment):
    """The administration client of the initial administrator."""
    with KeyVaultAccessControlClient(rig.url, credential_of(rig, rig.administrator)) as client:
        yield client


@pytest.fixture
def newcomer(rig) -> Rest:
    """A session of an application that has no role yet; what it is given at / or /keys in a test is taken back."""
    yield rig.rest(rig.outsider)
    administrator = rig.rest(rig.administrator)
    for assignment in administrator.get("/providers/Microsoft.Authorization/roleAssignments").json()["value"]:
        if assignment["properties"]["principalId"] == rig.outsider.object_id:
            roles.revoke(administrator, assignment["name"])


def credential_of(rig, application):
    if rig.has_azure_names:
        return ClientSecretCredential(rig.deployment.tenant, application.client_id, application.secret)
    return ClientSecretCredential(
        "adfs", application.client_id, application.secret, authority=rig.deployment.domain.authority
    )


def denial(answer) -> str:
    """The message of a denial by RBAC; fails if the answer is anything else."""
    assert answer.status_code == 403, answer.text
    assert answer.json()["error"]["code"] == "AccessDenied"
    return answer.json()["error"]["message"]


def test_the_nine_built_in_roles_are_listed(access):
    listed = {definition.role_name: definition for definition in access.list_role_definitions("/")}

    assert {name for name, definition in listed.items() if definition.role_type == "AKVBuiltInRole"} == {
        "Managed HSM Restore User",
        "Managed HSM Backup User",
        "Managed HSM Crypto Service Encryption User",
        "Managed HSM Crypto Service Release User",
        "Managed HSM Crypto Auditor",
        "Managed HSM Policy Administrator",
        "Managed HSM Crypto User",
        "Managed HSM Crypto Officer",
        "Managed HSM Administrator",
    }


def test_a_role_can_be_given_found_and_taken_back(access, rig):
    given = access.create_role_assignment("/", roles.definition_id(roles.CRYPTO_AUDITOR), rig.outsider.object_id)

    found = access.get_role_assignment("/", given.name)
    assert found.properties.principal_id == rig.outsider.object_id
    assert found.properties.scope == "/"
    access.delete_role_assignment("/", given.name)
    assert given.name not in {assignment.name for assignment in access.list_role_assignments("/")}


def test_without_a_role_every_call_is_denied_and_says_what_was_missing(newcomer, rig, name):
    rig.rest(rig.user).create_key(name, kty="EC-HSM")

    assert "Microsoft.KeyVault/managedHsm/keys/read/action" in denial(newcomer.get(f"/keys/{name}"))
    assert "Microsoft.KeyVault/managedHsm/keys/sign/action" in denial(newcomer.post(f"/keys/{name}/sign", SIGN))
    assert "Microsoft.KeyVault/managedHsm/keys/create" in denial(newcomer.post(f"/keys/{name}/create", {"kty": "EC"}))
    assert "Microsoft.KeyVault/managedHsm/rng/action" in denial(newcomer.post("/rng", {"count": 8}))
    assignments = newcomer.get("/providers/Microsoft.Authorization/roleAssignments")
    assert "Microsoft.KeyVault/managedHsm/roleAssignments/read/action on /" in denial(assignments)


def test_an_administrator_holds_no_permission_over_keys(rig, name):
    administrator = rig.rest(rig.administrator)
    rig.rest(rig.user).create_key(name, kty="EC-HSM")

    denial(administrator.get(f"/keys/{name}"))
    denial(administrator.post(f"/keys/{name}/sign", SIGN))


def test_a_role_on_one_key_covers_only_that_key(newcomer, rig, name):
    user, administrator = rig.rest(rig.user), rig.rest(rig.administrator)
    user.create_key(name, kty="EC-HSM")
    user.create_key(f"{name}-2", kty="EC-HSM")

    roles.grant(administrator, rig.outsider.object_id, roles.CRYPTO_USER, f"/keys/{name}")

    assert newcomer.post(f"/keys/{name}/sign", SIGN).status_code == 200
    denial(newcomer.post(f"/keys/{name}-2/sign", SIGN))
    denial(newcomer.get("/keys"))


def test_a_role_on_all_keys_does_not_reach_what_is_not_a_key(newcomer, rig, name):
    roles.grant(rig.rest(rig.administrator), rig.outsider.object_id, roles.CRYPTO_USER, "/keys")

    assert newcomer.post(f"/keys/{name}/create", {"kty": "EC"}).status_code == 200
    assert newcomer.get("/keys").status_code == 200
    denial(newcomer.post("/rng", {"count": 8}))
    denial(newcomer.get("/providers/Microsoft.Authorization/roleAssignments"))


def test_a_revoked_role_is_felt_by_the_next_request(newcomer, rig, name):
    rig.rest(rig.user).create_key(name, kty="EC-HSM")
    for _ in range(10):
        assignment = roles.grant(rig.rest(rig.administrator), rig.outsider.object_id, roles.CRYPTO_USER)
        assert newcomer.post(f"/keys/{name}/sign", SIGN).status_code == 200
        roles.revoke(rig.rest(rig.administrator), assignment)
        denial(newcomer.post(f"/keys/{name}/sign", SIGN))


def test_the_sdk_of_a_revoked_application_gets_access_denied(newcomer, rig, access, name):
    given = access.create_role_assignment("/", roles.definition_id(roles.CRYPTO_USER), rig.outsider.object_id)
    with KeyClient(rig.url, credential_of(rig, rig.outsider)) as keys:
        keys.create_ec_key(name)

        access.delete_role_assignment("/", given.name)

        with pytest.raises(HttpResponseError) as refused:
            keys.get_key(name)
    assert refused.value.status_code == 403
    assert refused.value.error.code == "AccessDenied"


def test_a_role_of_a_group_is_a_role_of_its_members(rig, name):
    assert rig.rest(rig.member).post(f"/keys/{name}/create", {"kty": "EC"}).status_code == 200


def test_the_same_role_is_not_given_twice(rig, newcomer):
    administrator = rig.rest(rig.administrator)
    existing = roles.grant(administrator, rig.outsider.object_id, roles.CRYPTO_AUDITOR)

    again = roles.assign(administrator, rig.outsider.object_id, roles.CRYPTO_AUDITOR)

    assert (again.status_code, again.json()["error"]["code"]) == (400, "MatchingRoleAssignmentExists")
    assert existing in again.json()["error"]["message"]


@pytest.mark.parametrize(
    "scope", ["", "/", "//", "/keys", "//keys", "/keys/payroll", "//keys/payroll"], ids=lambda scope: scope or "none"
)
def test_every_spelling_of_a_scope_that_clients_send_is_understood(rig, scope):
    administrator, name = rig.rest(rig.administrator), str(uuid.uuid4())
    properties = {
        "roleDefinitionId": roles.definition_id(roles.CRYPTO_AUDITOR),
        "principalId": rig.outsider.object_id,
    }

    answer = administrator.put(
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", {"properties": properties}
    )

    assert answer.status_code == 201, answer.text
    assert answer.json()["properties"]["scope"] == "/" + scope.strip("/")
    roles.revoke(administrator, name)


def test_unknown_roles_and_assignments_are_not_found(rig):
    administrator = rig.rest(rig.administrator)
    prefix = "/providers/Microsoft.Authorization"

    definition = administrator.get(f"{prefix}/roleDefinitions/{uuid.uuid4()}")
    assignment = administrator.delete(f"{prefix}/roleAssignments/{uuid.uuid4()}")

    assert (definition.status_code, definition.json()["error"]["code"]) == (404, "RoleDefinitionNotFound")
    assert (assignment.status_code, assignment.json()["error"]["code"]) == (404, "RoleAssignmentNotFound")


def test_nobody_without_the_right_gives_roles(rig, newcomer):
    denial(roles.assign(newcomer, rig.outsider.object_id, roles.ADMINISTRATOR))
