"""The default branch as origin has it now: what a run seals, sends and settles by. Without an answer it stops."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

from marronnier.git import GitError, Repo, origin
from marronnier.ledger import last_error_line
from marronnier.messages import _
from marronnier.publish.run import boot_seconds

LOOK_TIMEOUT = 30.0
"""Seconds for origin to say what it has."""


@dataclass(frozen=True, slots=True)
class OriginReading:
    """What origin answered at the beginning of a run."""

    stopped: str = ""
    """Why the run must stop: origin did not answer, or has no default branch. Empty where there is no origin."""
    date: datetime | None = None
    """Origin's clock, where it has one."""
    asked: float = 0.0
    answered: float = 0.0
    """`boot_seconds()` before and after it was asked."""


def read_origin(repo: Repo) -> OriginReading:
    """Fetch the default branch, so that `Repo.default_commit` is what origin has now."""
    asked = boot_seconds()
    try:
        answer = fetch(repo)
    except GitError as error:
        return OriginReading(unanswered_reason(error))
    if answer is None:
        return OriginReading(_unnamed_origin_reason(repo))
    name = repo.default_branch()
    if f"refs/heads/{name}" not in answer.references:
        return OriginReading(_("origin has no branch {branch} yet: run `git push -u origin {branch}`", branch=shlex.quote(name)))
    return OriginReading(date=answer.date, asked=asked, answered=boot_seconds())


def unanswered_reason(error: GitError) -> str:
    """Why a run must stop that got no answer of origin."""
    if error.lock:
        return _("a lock stands in the way of git here: {path}. Where no git runs any more, delete it.", path=error.lock)
    return _("origin does not answer, and nothing is sealed or sent before it does: {said}", said=last_error_line(error))


def heads_of(repo: Repo, commit: str, ledger_head: str | None) -> tuple[str, ...]:
    """What changes when anybody writes, approves or sends: the default branch's name and commit, and the ledger's head."""
    return (repo.default_branch(), commit, ledger_head or "")


def _unnamed_origin_reason(repo: Repo) -> str:
    """Why a clone without `origin` must not publish: it has a remote all the same, and what is there it would not see. Empty where it has none."""
    remotes = (repo.try_text("remote") or "").split()
    if not remotes:
        return ""
    return _(
        "no remote of this clone is called origin, so nothing of {remote} would be seen: run `git remote rename {remote} origin`",
        remote=shlex.quote(remotes[0]),
    )


def fetch(repo: Repo) -> origin.OriginAnswer | None:
    """Fetch the default branch from origin; None without an origin. Raises GitError when it does not answer."""
    if not repo.has_remote():
        return None
    name = repo.default_branch()
    answer = origin.fetch(repo, f"refs/heads/{name}", "HEAD", timeout=LOOK_TIMEOUT)
    if answer.default_branch:
        repo.remember_default_branch(answer.default_branch)
        if answer.default_branch != name:
            answer = origin.fetch(repo, f"refs/heads/{answer.default_branch}", "HEAD", timeout=LOOK_TIMEOUT)
    repo.note_fetch()
    return answer
