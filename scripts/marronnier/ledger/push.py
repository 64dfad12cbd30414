"""Moving the ledger's head by compare-and-swap, at origin or in this clone, and reading where the head is."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Literal

from marronnier.git import GitError, Repo, origin
from marronnier.messages import Trouble, _

BRANCH = "refs/heads/ledger"
TRACKED = "refs/remotes/origin/ledger"
SEEN = "refs/marronnier/seen"
"""The newest head that this clone has verified. A ledger whose head does not descend from it was rewound."""

AT_ORIGIN = "refs/marronnier/origin"
"""A head that origin had. It stays when the remote is taken away: this ledger is not this clone's alone."""

ALONE = "refs/marronnier/alone"
"""A person says that this clone has the only ledger from now on. It is forgotten when origin is asked again."""

CHECKPOINTS = "refs/tags/ledger-checkpoint/"
"""Tags on the ledger's heads: one for each record that something is about to be sent, and one a day. Origin should protect these names."""

FETCHED = "refs/marronnier/checkpoints/"
"""Origin's checkpoints as last fetched. One that was deleted at origin is still known here."""

HEARTBEATS = "refs/marronnier/heartbeats/"
"""Signs of life of the publisher's runs: names that cost no commit, and prove nothing."""

NETWORK_TIMEOUT = origin.NETWORK_TIMEOUT
"""Seconds for one fetch or push."""

_FIRST_PAUSE = 0.05
"""Seconds before the first retry. Each pause is twice the one before, times a random factor, so that two runs do not collide again."""


class PushRefused(Trouble):
    """Origin refused the push, for a reason that a retry does not change."""


class BranchLocked(PushRefused):
    """The ledger's branch is locked, at origin or here, by a run that is recording now or by one that died while it did."""


PushOutcome = Literal["landed", "lost", "unclear"]

_RACE_LOST = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|incorrect old value|failed to update ref|already exists|reference broken"
)
_LOCKED = re.compile(r"Unable to create '[^']*\.lock': File exists")
_DISK_FULL = re.compile(r"unpack failed|unpacker error|No space left|unable to write|Disk quota")
_REFUSED = re.compile(
    r"remote rejected|pre-receive hook declined|protected branch|GH\d{3}|\b403\b|denied|not permitted|read-only|read only|does not support --atomic"
)
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
PUSH_SETTINGS = (
    *("-c", "push.gpgSign=false"),
    *("-c", "remote.origin.mirror=false"),
    *("-c", "push.useForceIfIncludes=false"),
    # An append is small. Searching for deltas costs both sides more time than it saves, and the next repack finds them.
    *("-c", "pack.window=0"),
)


def fetch(repo: Repo) -> dict[str, str]:
    """The ledger's references as origin has them now, under the names they have in this clone. Raises GitError without an answer.

    The head is in this clone afterwards; a checkpoint that the branch lacks need not be.
    """
    answer = origin.fetch(repo, BRANCH, f"{CHECKPOINTS}*", f"{HEARTBEATS}*", timeout=NETWORK_TIMEOUT)
    days = {name.removeprefix(CHECKPOINTS): oid for name, oid in answer.references.items() if name.startswith(CHECKPOINTS)}
    head = {TRACKED: answer.references[BRANCH]} if BRANCH in answer.references else {}
    beats = {name: oid for name, oid in answer.references.items() if name.startswith(HEARTBEATS)}
    return {**head, **{f"{FETCHED}{day}": oid for day, oid in days.items()}, **beats}


def unreachable_reason(error: GitError) -> str:
    """Why the ledger could not be fetched, in a sentence for people: a lock stands in the way, or origin does not answer."""
    if error.lock:
        return lock_message(error.lock)
    return _("origin does not answer: {said}", said=last_error_line(error))


def lock_message(path: str) -> str:
    """The sentence for a lock in this clone."""
    return _("a lock stands in the way of git here: {path}. Where no git runs any more, delete it.", path=path)


def ledger_references(repo: Repo) -> dict[str, str]:
    """The commits of the ledger's references in this clone, by reference name."""
    names = (BRANCH, TRACKED, SEEN, AT_ORIGIN, ALONE, CHECKPOINTS, FETCHED, HEARTBEATS)
    listed = repo.text("for-each-ref", "--format=%(objectname) %(refname)", *names)
    return {name: oid for oid, _space, name in (line.partition(" ") for line in listed.splitlines())}


def update_head(repo: Repo, new: str, old: str | None, *, remote: bool, checkpoint: str | None = None) -> PushOutcome:
    """Make a commit the ledger's head: at origin when `remote`, otherwise in this clone. Raises PushRefused, GitError.

    `checkpoint`: the tag that is made with it, both or none.
    """
    if not remote:
        return update_local_head(repo, new, old, checkpoint)
    outcome = push(repo, new, old, checkpoint)
    if outcome == "landed":
        record_pushed_head(repo, new, old)
    return outcome


def update_local_head(repo: Repo, new: str, old: str | None, checkpoint: str | None = None) -> PushOutcome:
    """Move the local branch from `old` to `new`, if its head is still `old`. Raises BranchLocked, GitError."""
    try:
        repo.update_refs({BRANCH: new, SEEN: new} | ({checkpoint: new} if checkpoint else {}), {BRANCH: old})
    except GitError as error:
        if repo.commit_id(BRANCH) != old:
            return "lost"
        if error.lock:
            raise BranchLocked(
                _("the ledger is locked here: {path}", path=error.lock),
                _("Nothing was recorded. Where no other run is in progress, delete that file, then run again."),
            ) from None
        raise
    return "landed"


def push(repo: Repo, new: str, old: str | None, checkpoint: str | None = None) -> PushOutcome:
    """Ask origin to move its branch from `old` to `new`, if its head is still `old`; and to make the checkpoint, both or none.

    `lost`: another run was faster. `unclear`: no answer came, and only a fetch tells whether the push landed.
    Raises PushRefused, BranchLocked.
    """
    try:
        repo.run(
            *PUSH_SETTINGS,
            *("push", "--porcelain", "--atomic", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
            f"--force-with-lease={BRANCH}:{old or ''}",
            *("--end-of-options", "origin", f"{new}:{BRANCH}", *((f"{new}:{checkpoint}",) if checkpoint else ())),
            timeout=NETWORK_TIMEOUT,
        )
    except GitError as error:
        if _LOCKED.search(error.output):
            raise BranchLocked(
                _("the branch `ledger` is locked on origin: {said}", said=last_error_line(error)),
                _("Nothing was recorded. If no other run is in progress, remove `refs/heads/ledger.lock` on origin, then run again."),
            ) from None
        if _RACE_LOST.search(error.output):
            return "lost"
        if _DISK_FULL.search(error.output):
            raise PushRefused(
                _("origin cannot store the new records of the ledger: {said}", said=last_error_line(error)),
                _("Nothing was recorded. See whether origin's disk is full, or its limit too small, then run again."),
            ) from None
        if _REFUSED.search(error.output):
            raise PushRefused(
                _("origin refuses the new records of the ledger: {said}", said=last_error_line(error)),
                _("Nothing was recorded. Allow the publisher to write to the branch `ledger`, then run again."),
            ) from None
        return "unclear"
    return "landed"


def advance_local_head(repo: Repo, head: str, references: Mapping[str, str], fetched: Mapping[str, str]) -> str:
    """Move the local branch and `SEEN` to a verified head, and remember the checkpoints that were fetched.

    `references` come from `ledger_references`. A clone that cannot be written stays as it is. A local branch with commits of its own is
    left alone. Returns the path of a lock that keeps `SEEN` where it is; empty when there is none.
    """
    branch = references.get(BRANCH)
    if branch != head and (branch is None or repo.is_ancestor(branch, head)):
        _try_update_refs(repo, {BRANCH: head}, {BRANCH: branch})
    # A checkpoint keeps the commit that was fetched first: one that is moved at origin is noticed by that.
    known = {name: oid for name, oid in fetched.items() if name.startswith(FETCHED) and name not in references}
    if TRACKED in fetched and AT_ORIGIN not in references:
        _try_update_refs(repo, {AT_ORIGIN: head}, {})
    if TRACKED in fetched and ALONE in references:
        repo.try_text("update-ref", "-d", ALONE)
    if new := {name: oid for name, oid in known.items() if repo.is_ancestor(oid, head)}:
        _try_update_refs(repo, new, {})
    keep_heartbeats(repo, head, references, fetched)
    if references.get(SEEN) == head:
        return ""
    error = _try_update_refs(repo, {SEEN: head}, {SEEN: references.get(SEEN)})
    return error.lock if error is not None else ""


def keep_heartbeats(repo: Repo, head: str, references: Collection[str], fetched: Collection[str]) -> None:
    """Keep in this clone the heartbeats that origin has, for looks without an answer. A clone that cannot be written forgets them."""
    here, there = ({name for name in names if name.startswith(HEARTBEATS)} for names in (references, fetched))
    if here == there or not fetched:
        return
    lines = [*(f"delete {name}\n" for name in sorted(here - there)), *(f"update {name} {head}\n" for name in sorted(there - here))]
    with suppress(GitError):
        repo.run("update-ref", "--stdin", stdin="".join(lines).encode())


def record_pushed_head(repo: Repo, new: str, old: str | None) -> None:
    """Update this clone's references to a head that origin has just accepted."""
    moves = {SEEN: new, TRACKED: new, AT_ORIGIN: new}
    if _try_update_refs(repo, {**moves, BRANCH: new}, {BRANCH: old}) is not None:
        for name in moves:
            _try_update_refs(repo, {name: new}, {})


def _try_update_refs(repo: Repo, moves: Mapping[str, str], expected: Mapping[str, str | None]) -> GitError | None:
    """Move references of this clone; the error when git refuses."""
    try:
        if moves:
            repo.update_refs(moves, expected)
    except GitError as error:
        return error
    return None


def last_error_line(error: GitError) -> str:
    """Git's last two error lines as one line, without a password."""
    lines: Sequence[str] = [line.strip() for line in str(error).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))] or lines
    return _PASSWORD.sub("", " ".join(errors[-2:]))[:300]


def pause_before_retry(attempt: int) -> None:
    """Sleep before retry number `attempt` (from 0), for at most 3 seconds."""
    time.sleep(min(_FIRST_PAUSE * 2**attempt, 2.0) * secrets.SystemRandom().uniform(0.5, 1.5))
