"""Local RBAC over the wire: the roles that tests hand out, and how (reference/admin-api.md §2)."""

import uuid

ADMINISTRATOR = "a290e904-7015-4bba-90c8-60543313cdb4"
CRYPTO_OFFICER = "515eb02d-2335-4d2d-92f2-b1cbdf9c3778"
CRYPTO_USER = "21dbd100-6940-42c2-9190-5d6cb909625b"
CRYPTO_AUDITOR = "2c18b078-7c48-4d3a-af88-5a3a1b3f82b3"
ENCRYPTION_USER = "33413926-3206-4cdd-b39a-83574fe37a17"

_DEFINITION = "Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/"
_ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments/"


def definition_id(role: str) -> str:
    return _DEFINITION + role


def assign(rest, principal: str, role: str, scope: str = "/", name: str | None = None):
    """PUTs an assignment of `role` to the object id `principal` at `scope`; returns the response."""
    path = scope.rstrip("/") + _ASSIGNMENTS + (name or str(uuid.uuid4()))
    return rest.put(path, {"properties": {"roleDefinitionId": definition_id(role), "principalId": principal}})


def grant(rest, principal: str, role: str, scope: str = "/") -> str:
    """As assign, but must succeed; returns the assignment's name."""
    answer = assign(rest, principal, role, scope)
    assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
    return answer.json()["name"]


def revoke(rest, assignment: str) -> None:
    answer = rest.delete(_ASSIGNMENTS + assignment)
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
