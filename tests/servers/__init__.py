"""Real servers on loopback, installed once below `.venv/servers/`. Where one cannot be had, its tests say why; in CI they fail."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import pytest

PLACE = Path(sys.prefix) / "servers"
"""Where they are installed: with the environment of the tests, and gone with it."""


def cannot(why: str) -> NoReturn:
    """Leave out the tests of a server that cannot be had here; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
