"""OpenSSL's FIPS provider, which ML-DSA keys and FIPS mode need."""

import pytest

from harness import paths

PROVIDER = paths.ROOT / "build" / "fips" / "fips.so"
needs_provider = pytest.mark.skipif(
    not PROVIDER.exists(),
    reason="NOT TESTED: no FIPS provider in build/fips; tools/install_fips_provider could not fetch it on this machine",
)
