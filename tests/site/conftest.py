"""Fixtures of the site's tests: a small brand, its public site and its internal site."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from site_houses import House, garden

from marronnier import mkdocs_plugin
from marronnier.messages import languages


@pytest.fixture
def house() -> House:
    """A neighbourhood garden in December."""
    return garden()


def _built(folder: Path, *, internal: bool) -> Path:
    folder.mkdir()
    house = garden()
    mkdocs_plugin.build(folder, house.site_data(internal=internal, edit_uri="https://git.example/edit/main/"), folder / "site")
    assert set(house.brand.languages) <= set(languages())
    return folder / "site"


@pytest.fixture(scope="session")
def public_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden's public site, built as `marronnier build` does."""
    return _built(tmp_path_factory.mktemp("public") / "root", internal=False)


@pytest.fixture(scope="session")
def internal_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden's internal site."""
    return _built(tmp_path_factory.mktemp("internal") / "root", internal=True)
