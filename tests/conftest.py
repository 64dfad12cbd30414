"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from people import Town

# How fast a machine is proves nothing; `make proof` tries many more cases.
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("proof", settings.get_profile("everyday"), max_examples=2000)
settings.load_profile("proof" if os.environ.get("MARRONNIER_PROOF") else "everyday")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A team with keys of their own."""
    return Town(tmp_path_factory.mktemp("town") / "people")
