"""A small instance of one's own, for scenarios that stop, kill or configure its server."""

import subprocess

from harness import paths, roles, security_domain
from harness.deployment import Deployment, Domain
from harness.rest import Rest, token
from harness.server import Strongroomd


class Instance:
    """An activated instance with one caller, its administrator, who is Crypto User and Crypto Officer as well.

    Further arguments are those of Deployment."""

    def __init__(self, directory, port: int, **configuration):
        domain = Domain("managedhsm.localhost", "login.localhost", port)
        self.deployment = Deployment(domain, **configuration)
        self.server = Strongroomd(self.deployment, directory).start()
        security_domain.activate(self.session())
        for role in (roles.CRYPTO_USER, roles.CRYPTO_OFFICER):
            roles.grant(self.session(), self.deployment.administrator.object_id, role)

    def session(self) -> Rest:
        deployment = self.deployment
        return Rest(deployment.url, self.server.ca, token(deployment, self.server.ca, deployment.administrator))

    def restart(self) -> None:
        """kill -9, and start again."""
        self.server.kill()
        self.server.start()

    def verify_audit(self) -> None:
        (head,) = self.server.data.rglob("audit.head")
        command = [paths.BIN / "strongroom", "audit", "verify", head.parent]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def close(self) -> None:
        if self.server.running():
            self.server.stop()
