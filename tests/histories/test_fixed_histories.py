"""Histories that chance seldom tells, each told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from histories.history import History
from histories.oracle import Verdict
from histories.world import Templates
from marronnier.demo.github import FakeGitHub
from people import Town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[History]:
    class Here(History):
        pass

    Here.town, Here.folder, Here.seen = town, tmp_path / "worlds", Counter()
    Here.templates = Templates(town, tmp_path / "templates")
    with FakeGitHub(tmp_path / "github") as Here.github, Here.git.remembering():
        told = Here()
        yield told
        told.teardown()


def verdicts(here: History) -> list[Verdict]:
    """What is remembered; what the tool would send is compared with it after each merge."""
    return [verdict for _name, verdict, _why in here._verdicts()]


@pytest.mark.parametrize("then", ["dismiss", "request", "push"])
def test_the_memory_knows_what_was_taken_back(here: History, then: str) -> None:
    here.begin("one", 0, "merge")
    here.change_well("tomates", ("first", ""), "ines", "karim", "squash", "push", then)
    assert verdicts(here) == [Verdict.NO]


@pytest.mark.parametrize("other", [False, True], ids=["alone", "with another post"])
@pytest.mark.parametrize("method", ["merge", "squash"])
def test_the_reviewed_of_two_requests_with_the_same_words_comes_second(here: History, method: str, other: bool) -> None:
    here.begin("one", 0, "merge")
    for who in ("ines", "omar"):
        here.open("tomates", ("first", ""), who, "push")
    if other:
        here.push_more(1, "abeilles", ("first", ""), "omar")
    here.approve(1, "karim", False)
    here.merge(0, "ines", "squash")
    assert verdicts(here) == [Verdict.NO]
    here.merge(0, "ines", method)
    assert set(verdicts(here)) == {Verdict.YES}
