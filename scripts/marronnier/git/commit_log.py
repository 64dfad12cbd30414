"""The commits of a branch: who made them, what arrived when, and which files each changed. Dates are shown, never trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from marronnier.git.repo import Repo
from marronnier.model.claim import Contributors

_FIELDS = ("%H", "%P", "%ae", "%ce", "%ct", "%at", "%(trailers:only=true,unfold=true)", "%B")
_CO_AUTHOR = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]+)>", re.IGNORECASE | re.MULTILINE)

# A mailmap is in the tree: whoever may change it could take another's place.
_NO_MAILMAP = ("-c", "log.mailmap=false")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, as far as approvals care."""

    oid: str
    parents: tuple[str, ...]
    contributors: Contributors
    """Names and mailmaps are not looked at; co-authors are those of `Co-authored-by:` lines anywhere in the message."""
    at: datetime
    """When it was committed, as it says itself."""
    written_at: datetime
    """When it was first written, as it says itself: a rebase keeps it."""
    trailers: tuple[tuple[str, str], ...]
    """Name, folded, and value of each trailer of its message, in order."""
    signed_message: str = ""
    """Its whole message where that carries a signature of its own; else empty."""


@dataclass(frozen=True)
class CommitLog:
    """Every commit reachable from one, oldest first."""

    head: str
    commits: Mapping[str, Commit]
    """In an order where parents come before children."""

    @cached_property
    def first_parents(self) -> tuple[str, ...]:
        """The branch's own line: the head, its first parent, the first parent of that, and so on; oldest first."""
        oids = []
        oid: str | None = self.head
        while oid is not None and oid in self.commits:
            oids.append(oid)
            oid = next(iter(self.commits[oid].parents), None)
        return tuple(reversed(oids))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each commit of the branch's own line (first parents), from 0."""
        return {oid: position for position, oid in enumerate(self.first_parents)}

    @cached_property
    def arrivals(self) -> Mapping[str, str]:
        """For every commit, the commit of the branch's own line that brought it."""
        arrivals: dict[str, str] = {}
        for brought_by in self.first_parents:
            waiting = [brought_by]
            while waiting:
                oid = waiting.pop()
                if oid in arrivals or oid not in self.commits:
                    continue
                arrivals[oid] = brought_by
                waiting += self.commits[oid].parents
        return arrivals

    def predecessor(self, oid: str) -> str | None:
        """The commit just before that one on the branch's own line; None for its first."""
        position = self.positions.get(oid, 0)
        return self.first_parents[position - 1] if position > 0 else None


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that a commit changed against its first parent."""

    path: str
    blob: str
    """The object it has now; empty when it is gone."""


def read_log(repo: Repo, rev: str) -> CommitLog:
    """All commits reachable from a revision. Raises GitError."""
    head = repo.text("rev-parse", "--verify", "--end-of-options", f"{rev}^{{commit}}")
    return CommitLog(head, read_commits(repo, head))


def read_commits(repo: Repo, *revisions: str) -> Mapping[str, Commit]:
    """The commits that `git log` gives for these revisions (`A`, `^B`), parents before children. Raises GitError."""
    form = "%x00".join(_FIELDS) + "%x00%x01"
    wanted = ["log", "--topo-order", "--reverse", "--no-color", "--no-notes", "--no-decorate", "--encoding=UTF-8"]
    output = repo.run(*_NO_MAILMAP, *wanted, f"--format=tformat:{form}", *revisions, "--").decode("utf-8", "replace")
    records = (record.split("\x00") for record in output.split("\x00\x01\n"))
    commits = (_parse_commit(fields) for fields in records if len(fields) >= len(_FIELDS))
    return {commit.oid: commit for commit in commits}


def file_changes(repo: Repo, log: CommitLog, folders: Sequence[str]) -> Mapping[str, tuple[FileChange, ...]]:
    """By commit, the files below these folders that it changed against its first parent; commits that changed none are left out.

    Raises GitError.
    """
    return _read_changes(repo, (" ".join((commit.oid, *commit.parents[:1])) for commit in log.commits.values()), folders)


def differences(repo: Repo, pairs: Iterable[tuple[str, str]], folders: Sequence[str]) -> Mapping[tuple[str, str], tuple[FileChange, ...]]:
    """For pairs of commits, an earlier and a later one, the files below these folders that the later one has otherwise. Raises GitError."""
    by_pair: dict[tuple[str, str], tuple[FileChange, ...]] = {}
    remaining = dict.fromkeys(pair for pair in pairs if pair[0] != pair[1])
    while remaining:
        # Git names the later commit alone, so that one question has each of them once.
        asked = {later: before for before, later in remaining}
        changes = _read_changes(repo, (f"{later} {before}" for later, before in asked.items()), folders)
        for later, before in asked.items():
            by_pair[before, later] = changes.get(later, ())
            del remaining[before, later]
    return by_pair


def _read_changes(repo: Repo, lines: Iterable[str], folders: Sequence[str]) -> Mapping[str, tuple[FileChange, ...]]:
    """The changes of commits against the commit that stands behind each on its line, by the first of the two."""
    wanted = ["diff-tree", "--stdin", "--root", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--relative", "--", *folders]
    output = repo.run(*_NO_MAILMAP, *wanted, stdin="".join(f"{line}\n" for line in lines).encode())
    changes: dict[str, list[FileChange]] = {}
    current: list[FileChange] = []
    fields = iter(output.decode("utf-8", "surrogateescape").split("\x00"))
    for field in fields:
        if field.startswith(":"):
            _old_mode, mode, _old, new, _status = field.split(" ")
            path = next(fields)
            # A symlink or a nested repository is never read as a file.
            current.append(FileChange(path, new if mode in ("100644", "100755") else ""))
        elif oid := field.strip("\n").split(" ")[0]:
            current = changes.setdefault(oid, [])
    return {oid: tuple(changed) for oid, changed in changes.items() if changed}


def _parse_commit(fields: Sequence[str]) -> Commit:
    oid, parents, author, committer, at, written_at, trailers, body = fields[: len(_FIELDS)]
    co_authors = (address.strip().casefold() for address in _CO_AUTHOR.findall(body))
    pairs = (line.partition(":") for line in trailers.splitlines())
    committed = datetime.fromtimestamp(_seconds(at), UTC)
    return Commit(
        oid=oid.strip("\n"),
        parents=tuple(parents.split()),
        contributors=Contributors(author.strip().casefold(), committer.strip().casefold(), frozenset(co_authors), committed),
        at=committed,
        written_at=datetime.fromtimestamp(_seconds(written_at), UTC),
        signed_message=body if "approval-signature:" in body.casefold() else "",
        trailers=tuple((name.strip().casefold(), value.strip()) for name, _colon, value in pairs),
    )


def _seconds(text: str) -> int:
    """A commit's time, bounded to what a calendar can hold: anybody may write any date into a commit."""
    try:
        return min(max(int(text), 0), 7_000_000_000)
    except ValueError:
        return 0
