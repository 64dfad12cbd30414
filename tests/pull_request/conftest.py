"""What these tests share: what a branch would change, and a forge to say it on."""

from __future__ import annotations

import pytest

from marronnier.messages import in_language
from marronnier.pull_request.contents import PullRequestContents
from marronnier.pull_request.contents_reader import read_contents
from pull_request.board import Board
from teamwork import NOW, Team


@pytest.fixture
def board() -> Board:
    """A forge with one pull request, number 7."""
    return Board()


def contents_of(team: Team, branch: str = "HEAD", lang: str = "en") -> PullRequestContents:
    """What a branch would change, as the publisher's machine reads it."""
    with team.being("publisher"), in_language(lang):
        return read_contents(team.repo, NOW, branch, "a branch")
