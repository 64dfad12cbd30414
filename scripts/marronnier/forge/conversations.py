"""Conversations: the issues, pull requests and comments of a forge that has them, read and written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marronnier.forge.account import ForgeAccount

FREEZE_LABEL = "marronnier: freeze"
"""While an open issue has this label, nothing goes out. A pull request with it freezes nothing."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said below an issue or a pull request."""

    id: int
    thread: int
    """The number of the issue or pull request."""
    text: str
    by: ForgeAccount | None
    """None where the account is gone."""
    is_ours: bool
    """Whether the account wrote it that we write as. Anybody can copy a marker."""
    is_edited: bool
    """Whether it was changed after it was written, by anybody: who may write can change the comments of others."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, or the part of a pull request that is one."""

    number: int
    is_pull_request: bool
    is_open: bool
    title: str
    text: str
    is_ours: bool
    """Whether the account opened it that we write as."""
    labels: tuple[str, ...] = ()
    assignees: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedBranch:
    """A pull request, with the branch that it proposes."""

    number: int
    head: str
    """Its newest commit."""
    branch: str
    """The name of its branch."""
    is_open: bool
    is_fork: bool
    """Whether its branch is in another repository, where nothing of ours may write."""


class Threads(Protocol):
    """What is said below issues and pull requests, read and written by their numbers. Each list is whole. Every method raises ForgeTrouble.

    No write is repeated by itself: where it `may_have_happened`, only looking tells.
    """

    def comments(self, thread: int) -> Sequence[Comment]:
        """What was said below an issue or a pull request, oldest first."""

    def say(self, thread: int, text: str) -> None:
        """Comment on an issue or a pull request."""

    def replace_comment(self, id: int, text: str) -> None:
        """Give a comment of ours another text."""

    def remove_comment(self, id: int) -> None:
        """Delete a comment of ours; nothing happens where it is gone."""


class Conversations(Threads, Protocol):
    """The issues and pull requests of one repository. Each list is whole. Every method raises ForgeTrouble.

    No write is repeated by itself: where it `may_have_happened`, only looking tells.
    """

    def has_issues(self) -> bool:
        """Whether issues can be opened; pull requests are commented on all the same."""

    def comment(self, id: int) -> Comment:
        """One comment, as it stands now."""

    def react(self, comment: int, sign: str) -> None:
        """Put a sign on a comment: `eyes`, `+1`, `confused`. The same sign twice is one."""

    def may_write(self, account: ForgeAccount) -> bool:
        """Whether an account may write to the repository now: by its number, whatever its name says."""

    def account(self, number: int) -> ForgeAccount | None:
        """The account with that number as it is called now; None where there is none."""

    def issues(self, label: str, *, since: datetime | None = None) -> Sequence[Issue]:
        """What is open with a label; with `since`, also what was closed and touched after that."""

    def open_issue(self, title: str, text: str, labels: Sequence[str]) -> int:
        """Open an issue; its number."""

    def assign(self, number: int, people: Sequence[ForgeAccount]) -> bool:
        """Give an issue to people; whether somebody has it then. Whoever it cannot be given to is left out."""

    def change_issue(self, number: int, **changes: object) -> None:
        """Change the `title`, `body` or `state` of an issue."""

    def pull_request(self, number: int) -> ProposedBranch | None:
        """The pull request with that number; None where it is an issue."""

    def fetch(self, pull: ProposedBranch) -> bool:
        """Bring the commits of a pull request into this clone; nothing is checked out."""

    def files_of(self, number: int) -> Collection[str]:
        """The paths, from the repository's root, of the files that a pull request changes."""

    def merged_by(self, commit: str) -> Sequence[int]:
        """The numbers of the pull requests to the default branch that brought a commit of it."""

    def commit_file(self, pull: ProposedBranch, path: str, before: str, content: bytes, message: str, author: ForgeAccount) -> str:
        """Write a file as a commit on the branch of a pull request, by `author`; the commit's id.

        `before` is the object id of the file as it was read: where the branch has another one by now, nothing is written.
        """
