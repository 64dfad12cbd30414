"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from installed import site_of_fakes
from people import Town

# The fake networks are imported from where they are installed, here as in other processes.
sys.path.insert(0, str(site_of_fakes()))

# How fast a machine is proves nothing; `make proof` tries many more cases.
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("proof", settings.get_profile("everyday"), max_examples=2000)
settings.load_profile("proof" if os.environ.get("MARRONNIER_PROOF") else "everyday")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A team with keys of their own."""
    return Town(tmp_path_factory.mktemp("town") / "people")


@pytest.fixture(autouse=True)
def checked_githubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each fake GitHub that a test begins is held to GitHub's description when the test is over."""
    module = sys.modules.get("marronnier.demo.github.fake_github")
    if module is None:
        yield
        return
    begun, begin = [], module.FakeGitHub.__init__

    def begin_and_remember(github: Any, *arguments: Any, **settings: Any) -> None:
        begin(github, *arguments, **settings)
        begun.append(github)

    monkeypatch.setattr(module.FakeGitHub, "__init__", begin_and_remember)
    yield
    if begun:
        from servers.github import check

        for github in begun:
            check(github)
