"""The commits at which some files changed, and the merges that brought different states of them together. Cost follows what changed."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from marronnier.git.commit_log import CommitLog

_MOST_APART = 50
"""For each commit of the log, so many commits may be counted as lying between two sides of merges; later merges are all looked at."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A commit that changed some files, or a merge of different states of them."""

    commit: str
    parents: tuple[int, ...]
    """Positions of the states before it; the first is the branch's own."""
    blobs: tuple[str, ...]
    """In the order of the paths asked about; empty where there is no such file."""


class FileGraph:
    """The commits of a log as lines, each of which runs along first parents, so that few files are followed without walking every commit."""

    def __init__(self, log: CommitLog, changes: Mapping[str, Mapping[str, str]]) -> None:
        """`changes`: by commit, the files that it changed against its first parent and their blobs."""
        self._changes = changes
        self._oids = tuple(log.commits)
        order = {oid: number for number, oid in enumerate(self._oids)}
        self._order = order
        self._parents = [tuple(order[parent] for parent in commit.parents if parent in order) for commit in log.commits.values()]
        self._roots = tuple(number for number, parents in enumerate(self._parents) if not parents)
        self._main = frozenset(order[oid] for oid in log.first_parents)

    def states(self, paths: Sequence[str], touching: Iterable[str]) -> list[FileState]:
        """The states of these files, parents before children. `touching` are the commits that changed one of them."""
        changing = {self._order[oid] for oid in touching}
        states: list[FileState] = []
        by_line: dict[int, tuple[list[int], list[int]]] = {}
        for number in sorted(self._candidates(changing)):
            parents = tuple(dict.fromkeys(self._position(parent, by_line) for parent in self._parents[number]))
            if number not in changing and len(parents) == 1:
                continue
            before = states[parents[0]].blobs if parents else ("",) * len(paths)
            oid = self._oids[number]
            changed = self._changes.get(oid, {})
            numbers, positions = by_line.setdefault(self._lines[0][number], ([], []))
            numbers.append(number)
            positions.append(len(states))
            states.append(FileState(oid, parents, tuple(changed.get(path, blob) for path, blob in zip(paths, before, strict=True))))
        return states

    def _position(self, number: int, by_line: Mapping[int, tuple[list[int], list[int]]]) -> int:
        """The position of the state at a commit: of the last one on its line, else of where its line begins."""
        line_of, begins = self._lines
        while True:
            numbers, positions = by_line.get(line_of[number], ((), ()))
            if index := bisect_right(numbers, number):
                return positions[index - 1]
            number = begins[line_of[number]]

    def _candidates(self, changing: set[int]) -> set[int]:
        """The commits that may be states: those that changed a file, the first ones, and merges with a state on one side only."""
        by_commit, wide = self._merges_by_commit
        candidates = {*changing, *self._roots, *wide}
        waiting = list(candidates)
        while waiting:
            for merge in by_commit.get(waiting.pop(), ()):
                if merge not in candidates:
                    candidates.add(merge)
                    waiting.append(merge)
        return candidates

    @cached_property
    def _lines(self) -> tuple[list[int], list[int]]:
        """The line of each commit, and for each line the commit before its first one, -1 where there is none. The branch's own is line 0."""
        line_of: list[int] = []
        begins, ends = [-1], [-1]
        for number, parents in enumerate(self._parents):
            parent = parents[0] if parents else -1
            if number in self._main:
                line = 0
                if ends[0] < 0:
                    begins[0] = parent
            elif parent >= 0 and parent not in self._main and ends[line_of[parent]] == parent:
                line = line_of[parent]
            else:
                line = len(begins)
                begins.append(parent)
                ends.append(-1)
            line_of.append(line)
            ends[line] = number
        return line_of, begins

    @cached_property
    def _merges_by_commit(self) -> tuple[Mapping[int, list[int]], list[int]]:
        """By commit, the merges that it lies behind on some sides only; and merges too far apart for that to be counted."""
        by_commit: dict[int, list[int]] = {}
        wide: list[int] = []
        left = _MOST_APART * len(self._oids)
        for merge, parents in enumerate(self._parents):
            if len(parents) < 2:
                continue
            if left <= 0:
                wide.append(merge)
                continue
            for commit in self._apart(parents):
                by_commit.setdefault(commit, []).append(merge)
                left -= 1
        return by_commit, wide

    def _apart(self, sides: Sequence[int]) -> Iterator[int]:
        """The commits that some of these sides have and others lack, newest first."""
        whole = (1 << len(sides)) - 1
        reached: dict[int, int] = {}
        for side, commit in enumerate(sides):
            reached[commit] = reached.get(commit, 0) | 1 << side
        waiting = [-commit for commit in reached]
        heapq.heapify(waiting)
        apart = sum(by != whole for by in reached.values())
        while apart:
            commit = -heapq.heappop(waiting)
            by = reached.pop(commit)
            if by != whole:
                apart -= 1
                yield commit
            for parent in self._parents[commit]:
                known = reached.get(parent)
                if known is None:
                    heapq.heappush(waiting, -parent)
                    apart += by != whole
                elif known != whole and known | by == whole:
                    apart -= 1
                reached[parent] = (known or 0) | by
