"""Origin, asked now: what it has, its clock, and a fetch whose references belong to this run alone.

A killed git leaves its lock behind, and no lock names its holder. A run that waits for no reference of others is stopped by no lock of theirs.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from marronnier.git.environment import GitError
from marronnier.git.repo import Repo

NETWORK_TIMEOUT = 60.0
"""Seconds for one fetch or push."""

RUNS = "refs/marronnier/runs/"
"""Where each fetch puts what it fetched, under a name of its own."""

RUN_KEPT = 24 * 3600
"""Seconds after which a reference that a killed run left is deleted."""

_TRACE_LINE = re.compile(r"^\d\d:\d\d:\d\d\.\d+ \S*http\S*\.c:\d+ .*\n?", re.MULTILINE)
_DATE_HEADER = re.compile(r"<= Recv header: date: *(.+?)\r?$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OriginAnswer:
    """What origin has."""

    references: Mapping[str, str]
    """The commit of each reference asked for, by its name at origin; none for what origin does not have."""
    date: datetime | None
    """Origin's clock, where it is reached over HTTP; files and SSH have none."""
    default_branch: str = ""
    """The branch that its HEAD names, where HEAD was asked for; empty where it names none that is there."""


def list_references(repo: Repo, *patterns: str, timeout: float = NETWORK_TIMEOUT) -> OriginAnswer:
    """What origin has under these names. Raises GitError when it gives no answer."""
    # Git shows the headers of an answer in this trace only, with passwords left out (https://git-scm.com/docs/git, seen 2026-11-27).
    trace = {"GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1", "GIT_TRACE_REDACT": "1"}
    try:
        listed, messages = repo.run_with_messages(
            "ls-remote", "--symref", "--end-of-options", "origin", *patterns, env=trace, timeout=timeout
        )
    except GitError as error:
        raise GitError(error.command, error.status, _TRACE_LINE.sub("", error.output)) from None
    rows = [line.split("\t", 1) for line in listed.decode("utf-8", "replace").splitlines()]
    head = next((said.removeprefix("ref: ") for said, name in rows if name == "HEAD" and said.startswith("ref: ")), "")
    references = {name: oid for oid, name in rows if not name.endswith("^{}") and not oid.startswith("ref: ")}
    is_there = head.startswith("refs/heads/") and "HEAD" in references
    return OriginAnswer(references, _last_date(messages), head.removeprefix("refs/heads/") if is_there else "")


def _last_date(messages: str) -> datetime | None:
    """The header Date of the last answer; a proxy's and a redirect's come before it."""
    from email.utils import parsedate_to_datetime

    dates = _DATE_HEADER.findall(messages)
    try:
        found = parsedate_to_datetime(dates[-1]) if dates else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None


def fetch(repo: Repo, branch: str, *others: str, timeout: float = NETWORK_TIMEOUT) -> OriginAnswer:
    """Ask origin for a branch and for other references; afterwards the branch's commit is in this clone.

    `branch` is `refs/heads/…`. `refs/remotes/origin/…` follows where no lock prevents it; `Repo.origin_commit` knows the commit anyway.
    Raises GitError when origin gives no answer, or this clone cannot be written.
    """
    answer = list_references(repo, branch, *others, timeout=timeout)
    name = branch.removeprefix("refs/heads/")
    tracked = f"refs/remotes/origin/{name}"
    head, before = answer.references.get(branch), repo.commit_id(tracked)
    # A commit that a reference names is there with all that it needs; a commit that merely is there may be half of a killed fetch.
    if head is not None and head not in (before, repo.commit_id(branch)):
        head = _fetch_for_this_run(repo, branch, timeout)
    moved = before == head or _try_move(repo, tracked, head)
    repo.remember_origin(name, head, tracked=moved)
    references = {**answer.references, branch: head} if head is not None else answer.references
    return OriginAnswer(references, answer.date, answer.default_branch)


def _fetch_for_this_run(repo: Repo, branch: str, timeout: float) -> str:
    """Fetch a branch into a reference that no other run uses, and return its commit. Raises GitError."""
    import secrets

    own = f"{RUNS}{int(time.time())}-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        repo.run(
            *("fetch", "--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head"),
            *("--refmap=", "--end-of-options", "origin", f"+{branch}:{own}"),
            timeout=timeout,
        )
        head = repo.commit_id(own)
        if head is None:
            raise GitError(("fetch",), 1, f"{branch} was fetched and is not there")
        return head
    finally:
        _forget_runs(repo, own)


def _forget_runs(repo: Repo, own: str) -> None:
    """Delete this run's reference, and those of runs that were killed long ago. One that cannot be deleted does no harm."""
    names = repo.try_text("for-each-ref", "--format=%(refname)", RUNS) or ""
    for name in names.splitlines():
        began = name.removeprefix(RUNS).partition("-")[0]
        if name == own or (began.isdecimal() and int(began) < time.time() - RUN_KEPT):
            _try_move(repo, name, None)


def _try_move(repo: Repo, name: str, commit: str | None) -> bool:
    """Move a reference, or delete it; False when git cannot, as when a lock is there."""
    try:
        repo.run("update-ref", *((name, commit) if commit is not None else ("-d", name)))
    except GitError:
        return False
    return True


PULLS = "refs/marronnier/pulls/"
"""Where the commits of pull requests are kept, so that a clean-up of git leaves them."""


def fetch_pull_requests(repo: Repo, numbers: Iterable[int], timeout: float = NETWORK_TIMEOUT) -> None:
    """Fetch the commits of pull requests of origin, which GitHub keeps as `refs/pull/N/head` also for forks; all or none. Raises GitError."""
    _fetch_into_own(repo, [f"+refs/pull/{int(number)}/head:{PULLS}{int(number)}" for number in numbers], timeout)


def fetch_commit(repo: Repo, oid: str, timeout: float = NETWORK_TIMEOUT) -> None:
    """Fetch a commit of origin that no reference there has any more, by its id. Raises GitError where origin does not have it, or does not give it."""
    _fetch_into_own(repo, [f"+{oid}:{PULLS}{oid}"], timeout)


def _fetch_into_own(repo: Repo, wanted: Sequence[str], timeout: float) -> None:
    repo.run(
        *("fetch", "--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head"),
        *("--refmap=", "--end-of-options", "origin", *wanted),
        timeout=timeout,
    )
