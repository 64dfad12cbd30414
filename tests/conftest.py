"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from installed import site_of_fakes
from marronnier import messages
from people import Town

if TYPE_CHECKING:
    from reviewing import Hub
    from teamwork import Team

# The fake networks are imported from where they are installed, here as in other processes.
sys.path.insert(0, str(site_of_fakes()))

# How fast a machine is proves nothing; `make proof` tries many more cases.
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("proof", settings.get_profile("everyday"), max_examples=2000)
PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
settings.load_profile("proof" if PROOF else "everyday")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `proof` is left to `make proof`: it is counted as deselected, never as skipped."""
    if PROOF:
        return
    left = [test for test in items if test.get_closest_marker("proof")]
    config.hook.pytest_deselected(items=left)
    items[:] = [test for test in items if test not in left]


@pytest.fixture(autouse=True)
def _no_language_of_before() -> Iterator[None]:
    """A command that ran in this process spoke the language of its person: the next test begins in English."""
    messages.use_language("en")
    yield
    messages.use_language("en")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A team with keys of their own."""
    return Town(tmp_path_factory.mktemp("town") / "people")


@pytest.fixture
def team(town: Town, tmp_path: Path) -> Team:
    """A team at work: a repository with the brand on `main`."""
    from teamwork import Team

    return Team(town, town.found(tmp_path / "repo"))


@pytest.fixture(scope="session")
def template(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the repository of each `hub` is a copy of."""
    from reviewing import make_template

    return make_template(town, tmp_path_factory.mktemp("hub") / "template")


@pytest.fixture
def hub(town: Town, tmp_path: Path, template: Path) -> Iterator[Hub]:
    """A team whose repository is on a fake GitHub."""
    from reviewing import Hub

    hub = Hub(town, tmp_path, template)
    yield hub
    hub.github.close()


@pytest.fixture(autouse=True)
def checked_githubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each fake GitHub that a test begins is held to GitHub's description when the test is over."""
    module = sys.modules.get("marronnier.demo.github.fake_github")
    if module is None:
        yield
        return
    begun, begin = [], module.FakeGitHub.__init__

    def begin_and_remember(github: object, *arguments: object, **settings: object) -> None:
        begin(github, *arguments, **settings)
        begun.append(github)

    monkeypatch.setattr(module.FakeGitHub, "__init__", begin_and_remember)
    yield
    if begun:
        from servers.github import check

        for github in begun:
            check(github)
