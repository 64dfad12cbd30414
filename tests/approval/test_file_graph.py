"""The states that some files had, found from the commits that changed them: the same as those of a walk over every commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from marronnier.git.commit_log import Commit, CommitLog
from marronnier.model.claim import Contributors
from marronnier.proofs import file_graph
from marronnier.proofs.file_graph import FileGraph, FileState

AT = datetime(2026, 12, 1, tzinfo=UTC)
PATHS = ("a", "b")

Changes = dict[str, dict[str, str]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[CommitLog, Changes]:
    """A log of commits with any merges, octopuses, several roots and parents that the clone lacks, and what each commit changed."""
    commits: dict[str, Commit] = {}
    changes: Changes = {}
    for number in range(draw(st.integers(1, 14))):
        oid = f"c{number}"
        count = draw(st.sampled_from([0, 1, 1, 1, 1, 2, 2, 3])) if number else 0
        parents = (
            draw(st.lists(st.sampled_from([*commits, "lacking"]), min_size=min(count, number), max_size=count, unique=True))
            if number
            else []
        )
        commits[oid] = Commit(oid, tuple(parents), Contributors("a", "a", frozenset(), AT), AT, AT, ())
        changed = draw(st.lists(st.sampled_from([*PATHS, "other"]), max_size=2, unique=True))
        if changed:
            changes[oid] = {path: draw(st.sampled_from(["", "1", "2"])) for path in changed}
    return CommitLog(f"c{len(commits) - 1}", commits), changes


def walked(log: CommitLog, changes: Changes) -> list[FileState]:
    """The states by looking at every commit."""
    states: list[FileState] = []
    positions: dict[str, int] = {}
    touching = {oid for oid, changed in changes.items() if changed.keys() & {*PATHS}}
    for oid, commit in log.commits.items():
        parents = tuple(dict.fromkeys(positions[parent] for parent in commit.parents if parent in positions))
        if oid not in touching and len(parents) == 1:
            positions[oid] = parents[0]
            continue
        before = states[parents[0]].blobs if parents else ("",) * len(PATHS)
        positions[oid] = len(states)
        states.append(
            FileState(oid, parents, tuple(changes.get(oid, {}).get(path, blob) for path, blob in zip(PATHS, before, strict=True)))
        )
    return states


def found(log: CommitLog, changes: Mapping[str, Mapping[str, str]]) -> list[FileState]:
    """The states as the graph finds them."""
    return FileGraph(log, changes).states(PATHS, {oid for oid, changed in changes.items() if changed.keys() & {*PATHS}})


@given(histories())
def test_the_states_are_those_of_a_walk_over_every_commit(history: tuple[CommitLog, Changes]) -> None:
    assert found(*history) == walked(*history)


@given(histories())
def test_merges_too_far_apart_to_be_counted_change_no_answer(history: tuple[CommitLog, Changes]) -> None:
    with mock.patch.object(file_graph, "_MOST_APART", 0):
        assert found(*history) == walked(*history)


def test_commits_that_change_other_files_are_not_looked_at() -> None:
    commits = {
        f"c{number}": Commit(f"c{number}", (f"c{number - 1}",) if number else (), Contributors("a", "a", frozenset(), AT), AT, AT, ())
        for number in range(5000)
    }
    changes = {oid: {"other": "1"} for oid in commits} | {"c7": {"a": "1"}, "c4000": {"b": "1"}}
    graph = FileGraph(CommitLog("c4999", commits), changes)
    with mock.patch.object(FileGraph, "_position", autospec=True, side_effect=FileGraph._position) as asked:
        states = graph.states(PATHS, {"c7", "c4000"})
    assert [state.commit for state in states] == ["c0", "c7", "c4000"]
    assert asked.call_count == 2
