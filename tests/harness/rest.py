"""The wire as it is: for what SDKs hide (raw bodies, statuses, headers) and for setting scenes up quickly."""

import base64

import requests

API_VERSION = "2025-07-01"
TIMEOUT_S = 60


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token(deployment, ca: str, application, scope: str | None = None) -> str:
    """An access token by client secret (RFC 6749 §4.4), as every SDK asks for it."""
    answer = requests.post(
        f"{deployment.domain.authority}/{deployment.tenant}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": application.client_id,
            "client_secret": application.secret,
            "scope": scope or f"{deployment.domain.resource}/.default",
        },
        verify=ca,
        timeout=TIMEOUT_S,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


class Rest:
    """One caller of one instance. Every method returns the `requests.Response` and judges nothing."""

    def __init__(self, url: str, ca: str, bearer: str | None):
        self.url = url
        self.session = requests.Session()
        self.session.verify = ca
        self.session.trust_env = False
        if bearer:
            self.session.headers["Authorization"] = f"Bearer {bearer}"

    def request(self, method: str, path: str, json=None, params=None, **arguments) -> requests.Response:
        parameters = {"api-version": API_VERSION, **(params or {})}
        arguments.setdefault("timeout", TIMEOUT_S)
        return self.session.request(method, self.url + path, json=json, params=parameters, **arguments)

    def get(self, path: str, **arguments) -> requests.Response:
        return self.request("GET", path, **arguments)

    def put(self, path: str, json=None, **arguments) -> requests.Response:
        return self.request("PUT", path, json, **arguments)

    def post(self, path: str, json=None, **arguments) -> requests.Response:
        return self.request("POST", path, json, **arguments)

    def patch(self, path: str, json=None, **arguments) -> requests.Response:
        return self.request("PATCH", path, json, **arguments)

    def delete(self, path: str, **arguments) -> requests.Response:
        return self.request("DELETE", path, **arguments)

    def create_key(self, name: str, **parameters) -> dict:
        """Creates a key and returns its bundle: a scene's first line, so a refusal fails the test."""
        answer = self.post(f"/keys/{name}/create", parameters)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.json()
