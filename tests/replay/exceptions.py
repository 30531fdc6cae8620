"""Differences from the recordings that are meant, each with its reason. A difference without a row fails the replay,
and so does a row that explains nothing."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Exception_:
    exchange: str    # a regular expression for "file:index METHOD path status"
    difference: str  # a regular expression for the whole difference
    reason: str

    def explains(self, exchange, difference: str) -> bool:
        return re.search(self.exchange, str(exchange)) is not None and re.search(self.difference, difference) is not None


_ROLES_OF_2021 = "2021-02.* GET .*/roleDefinitions 200"

EXCEPTIONS = [
    Exception_(
        "", "^header x-ms-request-id: ours only$",
        "the live service sends it (reference/keys-api.md §5.3); the recorder left it out",
    ),
    Exception_(
        "/securitydomain/", "^header retry-after: ours only$",
        "PowerShell waits 30 s a poll without it (reference/security-domain.md §3); the recorder strips it",
    ),
    Exception_(
        _ROLES_OF_2021, r"^value\[\]\.properties\.(roleName|type|permissions\[\]\.dataActions):",
        "the built-in roles of 2021 were changed since; those of 2025 count (reference/admin-api.md §2.6)",
    ),
    Exception_(
        "hsm_key_using_hsm_.* PUT /keys/import-key-plain 200", "^status: recorded 200, ours 400",
        "an RSA key of 1024 bits, which is refused today (reference/keys-api.md §3.5)",
    ),
    Exception_(
        "hsm_key_using_hsm_url.* DELETE /keys/import-key-plain 200", "^key.n: recorded '128 bytes'",
        "the same key of 1024 bits, made before the recording began; ours has 2048",
    ),
    Exception_(
        "hsm_key_using_hsm_", r"attributes\.exportable: recorded True, ours False$",
        "an exportable key, made before the recording began; ours is made without a policy",
    ),
    Exception_(
        "key_release_policy.* DELETE /keys/", r"^release_policy\.",
        "at api-version 7.0 a policy was a bare object of version 0.2; ours is as at 7.3 (byok-release-attestation §3.2)",
    ),
    Exception_(
        "2021-02_hsm_security_domain.* POST /securitydomain/download 200", "^status: recorded 200, ours 202",
        "the build of 2020 answered 200 at once; superseded by 202 (reference/security-domain.md §3)",
    ),
    Exception_(
        "GET /securitydomain/upload/pending 200",
        r"^(status: recorded 'InProgress', ours 'Success'|status_details: recorded 'The Security Domain is being )",
        "the live service confirms and restores for a minute or two, ours at once (reference/security-domain.md §2)",
    ),
    Exception_(
        "2021-02.* GET /keys 200", r"^value\[\]: recorded .*/keys/selective-restore-00000\d, absent in ours",
        "the key was restored from a full backup just before, which is not served yet",
    ),
]
