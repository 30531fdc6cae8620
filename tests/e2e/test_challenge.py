"""The 401 that tells a client where to log in, and routes as shipping clients spell them."""

import re

import pytest

from harness.rest import b64u

PROTECTION = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/keys"),
        ("GET", "/keys/unknown/"),
        ("POST", "/keys/k/create"),
        ("PATCH", "/keys/k/"),
        ("POST", "/keys/k//sign"),
        ("POST", "/rng"),
        ("POST", "/securitydomain/download"),
        ("GET", "/providers/Microsoft.Authorization/roleAssignments"),
        ("PUT", "/providers/Microsoft.Authorization/roleAssignments/5c2e2187-c198-450f-86a4-54f240fe98be"),
    ],
)
def test_the_first_probe_has_neither_token_nor_body_and_gets_the_exact_challenge(rig, method, path):
    headers = {"Content-Type": "application/json", "Content-Length": "0"}

    answer = rig.anonymous().request(method, path, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        f'Bearer authorization="{rig.deployment.domain.authority}/{rig.deployment.tenant}", '
        f'resource="{rig.deployment.domain.resource}"'
    )
    assert answer.text == ("OK" if method == "GET" else "")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_the_challenge_comes_before_any_look_at_version_or_body(own):
    anonymous = own.anonymous()

    assert anonymous.session.get(f"{own.url}/keys").status_code == 401
    assert anonymous.post("/keys/k/create", data=b"{ not json").status_code == 401
    assert anonymous.get("/no/such/path").status_code == 401


def test_every_answer_has_the_protective_headers_and_an_activity_id(own, name):
    rest = own.rest(own.user)
    answers = [own.anonymous().get("/keys"), rest.get(f"/keys/{name}"), rest.get("/keys")]

    for answer in answers:
        assert PROTECTION.items() <= dict(answer.headers).items()
        assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.headers["x-ms-request-id"])
        assert answer.headers["x-ms-server-latency"].isdigit()
    assert "x-ms-keyvault-region" in answers[-1].headers
    assert "x-ms-keyvault-network-info" in answers[-1].headers


def test_an_errors_message_ends_with_the_activity_id(own, name):
    answer = own.rest(own.user).get(f"/keys/{name}")

    assert answer.json()["error"]["message"].endswith(f"(Activity ID: {answer.headers['x-ms-request-id']})")


def test_a_key_is_reached_by_every_spelling_that_clients_use(own, name):
    rest = own.rest(own.user)
    version = rest.create_key(name, kty="RSA-HSM")["key"]["kid"].rsplit("/", 1)[1]

    for path in (f"/keys/{name}", f"/keys/{name}/", f"/keys/{name}/{version}"):
        assert rest.get(path).json()["key"]["kid"].endswith(version), path
    body = {"alg": "RSA-OAEP", "value": b64u(b"data key")}
    for path in (
        f"/keys/{name}/{version}/wrapkey",
        f"/keys/{name}/{version}/wrapKey",
        f"/keys/{name}//wrapkey",
        f"/keys/{name}/wrapkey",
    ):
        assert rest.post(path, body).json()["kid"].endswith(version), path


def test_api_versions_old_and_new_are_served_alike(own, name):
    rest = own.rest(own.user)
    rest.create_key(name, kty="EC-HSM")

    for version in ("7.0", "7.2-preview", "7.2", "7.4", "7.6-preview.2", "2025-07-01", "2026-07-01-preview"):
        assert rest.get(f"/keys/{name}", params={"api-version": version}).status_code == 200, version


def test_a_host_that_is_no_instance_is_answered_without_a_challenge_or_key(own):
    answer = own.anonymous().session.get(f"{own.deployment.domain.url('fabrikam')}/keys?api-version=7.4")

    assert answer.status_code in (404, 421)
