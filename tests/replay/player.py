"""Plays the exchanges of one recorded HSM, in order, against an instance of its own."""

import re
from functools import cached_property

from harness import roles, security_domain
from harness.deployment import Deployment, Domain
from harness.rest import Rest, token
from harness.server import Strongroomd
from replay.comparison import Comparison
from replay.operations import operation_of
from replay.scene import earlier_keys
from replay.translation import Translation

# Not compared: names that TCP, HTTP or the recorder add or take away.
TRANSPORT_HEADERS = {"connection", "date", "keep-alive", "transfer-encoding"}


class Player:
    """`differences(exchange)` plays up to that exchange and returns how our answer differs from the recorded one."""

    def __init__(self, exchanges: list, directory, port: int):
        self.exchanges = exchanges
        self._directory = directory
        self._deployment = Deployment(
            Domain("managedhsm.localhost", "login.localhost", port), retention_days=self._recorded_retention()
        )
        self._translation = Translation(exchanges[0].host, self._deployment.url)
        self._results: dict[int, list[str]] = {}
        self._earlier_identities: set[str] = set()
        self._failure: Exception | None = None  # the scene could not be set: no exchange can be played

    def differences(self, exchange) -> list[str]:
        if self._failure:
            raise self._failure
        for candidate in self.exchanges:
            if candidate.index not in self._results and candidate.index <= exchange.index:
                self._results[candidate.index] = self._play(candidate)
        return self._results[exchange.index]

    def close(self) -> None:
        if "_server" in self.__dict__:
            self._server.stop()

    @cached_property
    def _server(self) -> Strongroomd:
        return Strongroomd(self._deployment, self._directory).start()

    @cached_property
    def _rest(self) -> Rest:
        """One caller that may do everything, and the state in which the recording found its HSM."""
        administrator = self._deployment.administrator
        rest = Rest(self._deployment.url, self._server.ca, token(self._deployment, self._server.ca, administrator))
        if not self._begins_before_activation():
            try:
                self._activate_and_set_the_scene(rest)
            except Exception as failure:
                self._failure = failure
                raise
        return rest

    def _activate_and_set_the_scene(self, rest: Rest) -> None:
        principal = self._deployment.administrator.object_id
        security_domain.activate(rest)
        for role in (roles.CRYPTO_USER, roles.CRYPTO_OFFICER):
            roles.grant(rest, principal, role)
        for key in earlier_keys(self.exchanges):
            rest.create_key(key.name, **key.parameters)
            if key.deleted:
                assert rest.delete(f"/keys/{key.name}").status_code == 200
        listed = rest.get("/providers/Microsoft.Authorization/roleAssignments").json()["value"]
        self._earlier_identities |= {assignment["name"] for assignment in listed}

    def _begins_before_activation(self) -> bool:
        return any(e.path == "/securitydomain/download" and e.status == 202 for e in self.exchanges)

    def _recorded_retention(self) -> int:
        texts = " ".join(exchange.response["body"] or "" for exchange in self.exchanges)
        found = re.search(r'"recoverableDays":(\d+)', texts)
        return int(found[1]) if found else 90

    def _play(self, exchange) -> list[str]:
        operation = operation_of(exchange)
        if not operation.covered:
            return []
        if operation.name == "KeyImport":  # material that the client brings is the same here as there
            for value in exchange.answer["key"].values():
                if isinstance(value, str) and not value.startswith("https://"):
                    self._translation.learn(value, value)
        ours = self._send(exchange)
        if self._begins_before_activation() and exchange.path == "/securitydomain/download" and ours.ok:
            self._grant_what_the_recorded_caller_had()
        differences = []
        if ours.status_code != exchange.status:
            return [f"status: recorded {exchange.status}, ours {ours.status_code} {ours.text[:300]}"]
        differences += self._header_differences(exchange, ours)
        if exchange.answer is None:
            if (exchange.response["body"] or "") != ours.text:
                differences.append(f"body: recorded {exchange.response['body']!r}, ours {ours.text[:100]!r}")
            return differences
        comparison = Comparison(operation.name, self._translation, self._is_of_this_recording)
        return differences + comparison.compare(exchange.answer, ours.json())

    def _send(self, exchange):
        headers = dict(exchange.request["headers"])
        body = exchange.request["body"]
        rest = self._rest
        if exchange.status == 401:
            rest = Rest(rest.url, self._server.ca, None)
        return rest.session.request(
            exchange.method,
            rest.url + self._translation.translate(exchange.path),
            params=exchange.query,
            data=self._translation.translate(body).encode() if body else None,
            headers=headers,
            timeout=60,
        )

    def _grant_what_the_recorded_caller_had(self) -> None:
        principal = self._deployment.administrator.object_id
        for role in (roles.CRYPTO_USER, roles.CRYPTO_OFFICER):
            roles.grant(self._rest, principal, role)

    def _header_differences(self, exchange, ours) -> list[str]:
        recorded = set(exchange.headers) - TRANSPORT_HEADERS
        here = {name.lower() for name in ours.headers} - TRANSPORT_HEADERS
        found = [f"header {name}: recorded, absent in ours" for name in sorted(recorded - here)]
        found += [f"header {name}: ours only" for name in sorted(here - recorded)]
        if "www-authenticate" in recorded & here:
            domain = self._deployment.domain
            expected = f'Bearer authorization="{domain.authority}/{self._deployment.tenant}", resource="{domain.resource}"'
            if ours.headers["www-authenticate"] != expected:
                found.append(f"header www-authenticate: expected {expected}, ours {ours.headers['www-authenticate']}")
        return found

    def _is_of_this_recording(self, identity: str) -> bool:
        """Whether an item of a listing was made or removed by the recording's own requests, or stood in its scene."""
        if identity in self._earlier_identities:
            return False
        name = identity.split("/")[4] if identity.startswith("https://") else identity
        return any(name in re.split("[/]", exchange.path) for exchange in self.exchanges) or any(
            key.name == name for key in earlier_keys(self.exchanges)
        )


def summary_of(exchanges) -> dict[str, dict[str, int]]:
    """How many exchanges are compared and how many are not, by operation and reason."""
    counted: dict[str, dict[str, int]] = {"compared": {}, "not compared": {}}
    for exchange in exchanges:
        operation = operation_of(exchange)
        label = operation.name if operation.covered else f"{operation.name} ({operation.reason})"
        group = counted["compared" if operation.covered else "not compared"]
        group[label] = group.get(label, 0) + 1
    return counted
