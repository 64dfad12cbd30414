"""The history of the default branch: commits, what arrived when, and what changed in each. Dates are shown, never trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from marronnier.git import Repo

_FIELDS = ("%H", "%P", "%ae", "%ce", "%ct", "%(trailers:only=true,unfold=true)", "%B")
_NAMED = re.compile(r"(?P<key>\S+) +words=sha256:(?P<words>[0-9a-f]{64}) +when=sha256:(?P<when>[0-9a-f]{64})\s*")
_CO_AUTHOR = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]+)>", re.IGNORECASE | re.MULTILINE)

# A mailmap is in the tree: whoever may change it could take another's place.
_FIRM = ("-c", "log.mailmap=false")


@dataclass(frozen=True, slots=True)
class NamedDigests:
    """A publication with the digests that a commit names: `<key> words=sha256:… when=sha256:…`."""

    key: str
    words: str
    when: str

    def __str__(self) -> str:
        return f"{self.key} words=sha256:{self.words} when=sha256:{self.when}"

    @classmethod
    def parse(cls, text: str) -> NamedDigests | None:
        """Read what `str` wrote; None for anything else."""
        found = _NAMED.fullmatch(text.strip())
        return cls(found["key"], found["words"], found["when"]) if found else None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as far as approvals care."""

    oid: str
    parents: tuple[str, ...]
    author: str
    """The author's address, folded; names and mailmaps are not looked at."""
    committer: str
    """The committer's address, folded."""
    co_authors: frozenset[str]
    """Addresses of `Co-authored-by:` lines anywhere in the message, folded."""
    at: datetime
    """When it was committed, as it says itself."""
    approved_by: tuple[str, ...]
    """Its `Approved-by:` trailers."""
    approved: tuple[NamedDigests, ...]
    """Its `Approved-content:` trailers."""
    asked: tuple[NamedDigests, ...]
    """Its `Ask:` trailers."""

    @property
    def claimant(self) -> str:
        """The one person it says approves; empty when it names none or several."""
        return self.approved_by[0] if len(self.approved_by) == 1 else ""


@dataclass(frozen=True)
class CommitLog:
    """Every commit reachable from one, oldest first."""

    head: str
    commits: Mapping[str, Commit]
    """In an order where parents come before children."""

    @cached_property
    def line(self) -> tuple[str, ...]:
        """The branch's own line: its first parents, oldest first."""
        found = []
        here: str | None = self.head
        while here is not None and here in self.commits:
            found.append(here)
            here = next(iter(self.commits[here].parents), None)
        return tuple(reversed(found))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each commit of the branch's own line."""
        return {oid: place for place, oid in enumerate(self.line)}

    @cached_property
    def arrivals(self) -> Mapping[str, str]:
        """For every commit, the one of the branch's own line that brought it."""
        found: dict[str, str] = {}
        for brought_by in self.line:
            waiting = [brought_by]
            while waiting:
                oid = waiting.pop()
                if oid in found or oid not in self.commits:
                    continue
                found[oid] = brought_by
                waiting += self.commits[oid].parents
        return found

    def before(self, oid: str) -> str | None:
        """The branch's own commit just before that one of its line; None for its first."""
        place = self.places.get(oid, 0)
        return self.line[place - 1] if place > 0 else None


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that a commit changed against its first parent."""

    path: str
    blob: str
    """The object it has now; empty when it is gone."""


def read(repo: Repo, rev: str) -> CommitLog:
    """All commits reachable from a revision. Raises GitError."""
    head = repo.text("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}")
    return CommitLog(head, commits(repo, head))


def commits(repo: Repo, *revisions: str) -> Mapping[str, Commit]:
    """The commits that `git log` gives for these revisions (`A`, `^B`), parents before children. Raises GitError."""
    form = "%x00".join(_FIELDS) + "%x00%x01"
    wanted = [
        "log",
        "--topo-order",
        "--reverse",
        "--no-color",
        "--no-notes",
        "--no-decorate",
        "--encoding=UTF-8",
        f"--format=tformat:{form}",
    ]
    said = repo.run(*_FIRM, *wanted, *revisions, "--").decode("utf-8", "replace")
    found = {}
    for record in said.split("\x00\x01\n"):
        fields = record.split("\x00")
        if len(fields) >= len(_FIELDS):
            commit = _commit(fields)
            found[commit.oid] = commit
    return found


def file_changes(repo: Repo, log: CommitLog, folders: Sequence[str]) -> Mapping[str, tuple[FileChange, ...]]:
    """Which files below these folders each commit changed against its first parent; commits that changed none are left out. Raises GitError."""
    lines = [" ".join((commit.oid, *commit.parents[:1])) for commit in log.commits.values()]
    asked = ["diff-tree", "--stdin", "--root", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--relative", "--", *folders]
    said = repo.run(*_FIRM, *asked, stdin="".join(f"{line}\n" for line in lines).encode())
    found: dict[str, list[FileChange]] = {}
    here: list[FileChange] = []
    fields = iter(said.decode("utf-8", "surrogateescape").split("\x00"))
    for field in fields:
        if field.startswith(":"):
            _old_mode, mode, _old, new, _status = field.split(" ")
            path = next(fields)
            # A symlink or a nested repository is never read as a file.
            here.append(FileChange(path, new if mode in ("100644", "100755") else ""))
        elif oid := field.strip("\n").split(" ")[0]:
            here = found.setdefault(oid, [])
    return {oid: tuple(changed) for oid, changed in found.items() if changed}


def _commit(fields: Sequence[str]) -> Commit:
    oid, parents, author, committer, at, trailers, body = fields[: len(_FIELDS)]
    by: list[str] = []
    approved: list[NamedDigests] = []
    asked: list[NamedDigests] = []
    for line in trailers.splitlines():
        name, _colon, value = line.partition(":")
        folded = name.strip().casefold()
        if folded == "approved-by":
            by.append(value.strip())
        elif folded in ("approved-content", "ask") and (named := NamedDigests.parse(value)) is not None:
            (approved if folded == "approved-content" else asked).append(named)
    return Commit(
        oid=oid.strip("\n"),
        parents=tuple(parents.split()),
        author=author.strip().casefold(),
        committer=committer.strip().casefold(),
        co_authors=frozenset(address.strip().casefold() for address in _CO_AUTHOR.findall(body)),
        at=datetime.fromtimestamp(_seconds(at), UTC),
        approved_by=tuple(dict.fromkeys(by)),
        approved=tuple(approved),
        asked=tuple(asked),
    )


def _seconds(text: str) -> int:
    """A commit's time, bounded to what a calendar can hold: anybody may write any date into a commit."""
    try:
        return min(max(int(text), 0), 7_000_000_000)
    except ValueError:
        return 0


def emails(commit: Commit) -> Iterable[str]:
    """Of everyone who had a hand in a commit."""
    return (commit.author, commit.committer, *sorted(commit.co_authors))
