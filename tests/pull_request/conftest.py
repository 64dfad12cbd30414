"""What these tests share: a team at work, and what one of its branches would change."""

from __future__ import annotations

from pathlib import Path

import pytest

from marronnier.messages import in_language
from marronnier.pull_request.contents import PullRequestContents
from marronnier.pull_request.contents_reader import read_contents
from people import Town
from pull_request.board import Board
from teamwork import NOW, Team


@pytest.fixture
def team(town: Town, tmp_path: Path) -> Team:
    """A repository with the brand on `main`."""
    return Team(town, town.found(tmp_path / "repo"))


@pytest.fixture
def board() -> Board:
    """A forge with one pull request, number 7."""
    return Board()


def contents_of(team: Team, branch: str = "HEAD", lang: str = "en") -> PullRequestContents:
    """What a branch would change, as the publisher's machine reads it."""
    with team.being("publisher"), in_language(lang):
        return read_contents(team.repo, NOW, branch, "a branch")
