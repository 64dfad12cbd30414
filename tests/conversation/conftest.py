"""A team that talks on a fake GitHub, made once and copied for each story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversing import TalkingHub, template_with_workflows
from people import Town


@pytest.fixture(scope="session")
def template(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_with_workflows(town, tmp_path_factory.mktemp("conversation") / "template")


@pytest.fixture
def hub(town: Town, tmp_path: Path, template: Path) -> Iterator[TalkingHub]:
    hub = TalkingHub(town, tmp_path, template)
    yield hub
    hub.github.close()
