"""Random histories of pull requests: nothing unapproved would be sent, and nothing that was approved is refused."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from histories.history import History
from histories.world import Templates
from marronnier.demo.github import FakeGitHub
from people import Town

PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
PARTS = 4
"""The proof is cut so that several processes share it."""
HISTORIES = settings(
    max_examples=int(os.environ.get("MARRONNIER_HISTORIES", "10000")) // PARTS if PROOF else 4,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("part", range(PARTS if PROOF else 1))
def test_histories(town: Town, tmp_path_factory: pytest.TempPathFactory, part: int) -> None:
    folder = tmp_path_factory.mktemp("histories")

    class Here(History):
        pass

    Here.town, Here.folder, Here.seen = town, folder / "worlds", Counter()
    Here.templates = Templates(town, folder / "templates")
    with FakeGitHub(folder / "github") as Here.github, Here.git.remembering():
        run_state_machine_as_test(Here, settings=HISTORIES)
        assert not Here.github.faults, Here.github.faults
    print(dict(Here.seen))
    assert (Here.seen["yes"] and Here.seen["no"]) or not PROOF, "nothing was ever approved, or nothing refused: they prove nothing"
