"""What publishing costs: twice the work costs at most a little more than twice as much. Counted in steps, never in seconds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from unittest import mock

import pytest

from marronnier import ledger, publish
from marronnier.git import Repo
from marronnier.git.coprocess import Coprocess
from marronnier.model.brand import Brand
from marronnier.networks import feed
from people import Town, write

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 5, 10, 30, tzinfo=UTC)


class Cost:
    """Counts calls in the modules that judge and prove, and questions to running git processes."""

    def __init__(self) -> None:
        self.calls = 0
        self.questions = 0
        self.composed = 0

    def of(self, act: Callable[[], object]) -> None:
        """Count while something is done."""
        ask = Coprocess._write

        def counted(coprocess: Coprocess, request: bytes) -> None:
            self.questions += 1
            ask(coprocess, request)

        with mock.patch.object(Coprocess, "_write", counted):
            sys.setprofile(self._count)
            try:
                act()
            finally:
                sys.setprofile(None)

    def _count(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and ("/proofs/" in frame.f_code.co_filename or "/approval/" in frame.f_code.co_filename):
            self.calls += 1
        if event == "call" and frame.f_code is feed.compose.__code__:
            self.composed += 1


def brand(town: Town, folder: Path, posts: int) -> Path:
    """A brand where merging is approving, with as many posts, pictures and commits, of which every tenth came by a merge."""
    town.found(folder)
    write(folder, {"brand/approvals.yml": "quorum: 0\n", "brand/channels.yml": "channels:\n  journal: {network: feed}\n"})
    git = lambda *words: town.git(folder, *words, now="2026-11-20 09:00")  # noqa: E731
    git("add", "-A")
    git("commit", "-qm", "Merging is approving")
    with mock.patch.dict(os.environ, town.surroundings("publisher", "2026-11-20 09:00"), clear=True):
        ledger.init(Repo(folder), folder, Brand(name="Le jardin"), datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
    git("commit", "-qam", "Name the ledger")
    for number in range(posts):
        front = f"id: p{number}\ndate: 2026-12-05 10:{number % 60:02d}\nchannels: [journal]\nmedia:\n  - {{src: own-{number}.png, alt: Un banc}}\n"
        words = f"Le {number}e banc du jardin, tout seul près du {number * 7}e arbre.\n"
        write(folder, {f"content/posts/p{number}.md": f"---\n{front}---\n{words}", f"content/media/own-{number}.png": f"{number}"})
        if number % 10:
            git("add", "-A")
            git("commit", "-qm", f"{number}")
        else:
            git("switch", "-qc", f"b{number}")
            git("add", "-A")
            git("commit", "-qm", f"{number}")
            git("switch", "-q", "main")
            git("merge", "-q", "--no-ff", "-m", f"Merge {number}", f"b{number}")
    return folder


def run(town: Town, folder: Path, now: datetime) -> tuple[Cost, publish.RunReport]:
    """A run of the publisher, with its cost; pictures and rules are not what is measured."""
    cost, reports = Cost(), []
    env = town.surroundings("publisher", f"{now:%Y-%m-%d %H:%M}")
    with mock.patch.dict(os.environ, env, clear=True), mock.patch("marronnier.publish._errors", lambda _situation, _plan: {}):
        cost.of(lambda: reports.append(publish.run(Repo(folder), now, surroundings=os.environ, release_brakes=True)))
    return cost, reports[0]


@pytest.fixture(scope="module")
def costs(town: Town, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Cost]]:
    """By act, its cost for some posts and for twice as many."""
    costs: dict[str, list[Cost]] = {"sealing": [], "sending": []}
    for posts in (40, 80):
        folder = brand(town, tmp_path_factory.mktemp("cost") / "brand", posts)
        for act, now in (("sealing", NOW), ("sending", DUE)):
            cost, report = run(town, folder, now)
            assert sum(step.act == {"sealing": "sealed", "sending": "sent"}[act] for step in report.steps) == posts
            costs[act].append(cost)
    return costs


@pytest.mark.parametrize("act", ["sealing", "sending"])
def test_twice_as_many_publications_cost_twice_as_many_steps(costs: dict[str, list[Cost]], act: str) -> None:
    half, whole = costs[act]
    assert whole.calls <= 2.2 * half.calls


def test_git_is_asked_for_each_picture_and_for_no_other_file_on_its_own(costs: dict[str, list[Cost]]) -> None:
    half, whole = costs["sealing"]
    # Of each picture: its size, whether Git LFS keeps it, and its bytes.
    assert whole.questions <= half.questions + 3 * 40 + 4


def test_a_payload_is_composed_once(costs: dict[str, list[Cost]]) -> None:
    assert [cost.composed for cost in costs["sealing"]] == [40, 80]
    assert [cost.composed for cost in costs["sending"]] == [0, 0]
