"""What all tests share."""

from __future__ import annotations

import pytest
from people import Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A team with keys of their own."""
    return Town(tmp_path_factory.mktemp("town") / "people")
