"""Where a history happens, and how its memory takes in what people do."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ClassVar, Literal

from hypothesis.stateful import RuleBasedStateMachine

from histories.judge import Judge
from histories.oracle import Said, paths, written
from histories.remembered_git import RememberedGit
from histories.world import Templates
from marronnier.demo.github import FakeGitHub, FakePerson
from marronnier.demo.github.records import FakePullRequest
from marronnier.demo.github.state import FakeRefusal
from people import Town

Method = Literal["merge", "squash", "rebase"]
Change = tuple[str, str]


def as_far_as_allowed(act: Callable[..., None]) -> Callable[..., None]:
    """Somebody who may not write does nothing."""

    @wraps(act)
    def do(*arguments: object, **named: object) -> None:
        try:
            act(*arguments, **named)
        except FakeRefusal as refusal:
            if refusal.status != 403:
                raise

    return do


class Scene(Judge, RuleBasedStateMachine):
    """One repository. Its memory knows who saw and did what; the tool is asked what it would send."""

    town: ClassVar[Town]
    templates: ClassVar[Templates]
    github: ClassVar[FakeGitHub]
    folder: ClassVar[Path]
    git: ClassVar[RememberedGit] = RememberedGit()
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.seen["histories"] += 1

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.judge()
            finally:
                self.world.close()
                self.git.forget()
                gc.collect()

    # What people do

    def _files(self, name: str, change: Change, ref: str) -> dict[str, str | None] | None:
        """The files of a change, from how the post stands at a commit; None where there is nothing to change."""
        here = [path for path in paths(name) if self.world.text(path, ref) is not None]
        kind, value = change
        if len(here) > 1:
            return None
        if not here:
            return {paths(name)[0]: written(name, Said(f"Bonjour de {name}.", f"Merci, {name}.", "date: 2026-11-20 10:00"))}
        said = self.memory.commits[ref].said(name)
        assert said is not None
        if kind == "move":
            other = next(path for path in paths(name) if path != here[0])
            return {here[0]: None, other: written(name, said)}
        new = Said(**{**vars(said), kind: value.format(name)})
        return None if new == said else {here[0]: written(name, new)}

    def _pull(self, number: int, *, is_open: bool | None = True) -> FakePullRequest | None:
        found = [pull for pull in self.team.pulls if is_open is None or pull.is_open == is_open]
        return found[number % len(found)] if found else None

    def _person(self, who: str) -> FakePerson:
        person = self.world.people[who]
        if person.account.deleted:
            raise FakeRefusal(403, "The account is gone")
        return person

    def _tick(self) -> None:
        self.github.advance(minutes=1)

    def _branch(self) -> str:
        self.branches += 1
        return f"branch-{self.branches}"

    def _landed(self, onto: str, pusher: str = "") -> None:
        """Take in what came to the default branch, and which pull requests it brought."""
        for pull in self.team.pulls:
            if pull.merged_at is not None and pull.number not in self.memory.onto and pull.base_branch == "main":
                self.memory.onto[pull.number] = pull.merged_onto or onto
                copied = tuple(sha for sha in (pull.head_sha, *pull.commits) if sha in self.memory.commits)
                for sha in pull.landed:
                    if sha not in self.memory.commits and len(self.memory.git.read(sha).parents) == 1:
                        self._learn_copy(sha, copied)
        self.memory.learn(self.world.main, pusher)
        if pusher:
            merged = {sha for pull in self.team.pulls if pull.number in self.memory.onto for sha in (pull.head_sha, *pull.commits)}
            for sha in set(self.memory.before(self.world.main)) - set(self.memory.before(onto)) - merged:
                self.memory.commits[sha].brought = pusher

    def _learn_copy(self, sha: str, copied: tuple[str, ...]) -> None:
        for parent in self.memory.git.read(sha).parents:
            if parent not in self.memory.commits:
                self._learn_copy(parent, copied)
        self.memory.learn(sha, copied=copied)

    def _review(self, pull: FakePullRequest, who: str, act: str, older: bool = False) -> None:
        person = self._person(who)
        commit = pull.commits[0] if older and pull.commits else None
        try:
            made = {"approve": person.approve, "request": person.request_changes}[act](pull, commit=commit)
        except FakeRefusal:
            return
        self.memory.aimed[made.id] = pull.base_branch == "main"
