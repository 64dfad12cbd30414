"""How a commit becomes the ledger's head, and how one learns where that head is: compare-and-swap, here or at origin."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Literal

from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _

BRANCH = "refs/heads/ledger"
TRACKED = "refs/remotes/origin/ledger"
SEEN = "refs/marronnier/seen"
"""The newest head this clone has ever seen and believed: a ledger that no longer stands on it was rewound."""

CHECKPOINTS = "refs/tags/ledger-checkpoint/"
"""The head of each day, under names that origin should protect."""

FETCHED = "refs/marronnier/checkpoints/"
"""Origin's checkpoints, as last fetched; one that vanished there is still known here."""

NETWORK_TIMEOUT = 60.0
"""Seconds for one fetch or push."""


_FIRST_PAUSE = 0.05
"""Seconds before the first new try; doubled each time, and never the same for two runs."""


class PushRefused(Trouble):
    """Origin said no, for a reason that trying again does not mend."""


class BranchLocked(PushRefused):
    """Origin's branch is locked: by a run that is at it just now, or by one that died there."""


Outcome = Literal["landed", "lost", "unclear"]

_RACE_LOST = re.compile(
    r"stale info|fetch first|non-fast-forward|cannot lock ref|incorrect old value|failed to update ref|already exists|reference broken"
)
_LOCKED = re.compile(r"Unable to create '[^']*\.lock': File exists")
_DISK_FULL = re.compile(r"unpack failed|unpacker error|No space left|unable to write|Disk quota")
_REFUSED = re.compile(
    r"remote rejected|pre-receive hook declined|protected branch|GH\d{3}|\b403\b|denied|not permitted|read-only|read only"
)
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
_PUSH_SETTINGS = (
    *("-c", "push.gpgSign=false"),
    *("-c", "remote.origin.mirror=false"),
    *("-c", "push.useForceIfIncludes=false"),
    # What is appended is small; looking for deltas costs both sides more than it saves, and the next repack finds them.
    *("-c", "pack.window=0"),
)


def fetch(repo: Repo) -> None:
    """Bring `refs/remotes/origin/ledger` up to what origin has, or remove it when origin has none. Raises GitError when origin gives no answer."""
    try:
        repo.run(
            *("fetch", "--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head"),
            *("--refmap=", "--end-of-options", "origin", f"+{BRANCH}:{TRACKED}", f"+{CHECKPOINTS}*:{FETCHED}*"),
            timeout=NETWORK_TIMEOUT,
        )
    except GitError as error:
        if error.timed_out or read_origin_reference(repo) is not None:
            raise
        if repo.commit(TRACKED):
            repo.run("update-ref", "-d", TRACKED)


def read_origin_reference(repo: Repo, name: str = BRANCH) -> str | None:
    """What origin says a reference is, asked now; None when it has none. Raises GitError when it gives no answer."""
    try:
        listed = repo.run("ls-remote", "--exit-code", "--end-of-options", "origin", name, timeout=NETWORK_TIMEOUT).decode()
    except GitError as error:
        if error.status == 2:
            return None
        raise
    return listed.split("\t", 1)[0]


def sorted_checkpoints(found: Mapping[str, str]) -> list[tuple[str, str]]:
    """The checkpoints among references, oldest day first: name as people write it, and commit."""
    named = [(name.removeprefix(space), oid) for name, oid in found.items() for space in (CHECKPOINTS, FETCHED) if name.startswith(space)]
    return [(f"ledger-checkpoint/{day}", oid) for day, oid in sorted(named)]


def has_checkpoint(repo: Repo, name: str) -> bool:
    """Whether origin has that checkpoint, or gives no answer: a day without one is better than a run that fails for it."""
    try:
        return read_origin_reference(repo, name) is not None
    except GitError:
        return True


def push_checkpoint(repo: Repo, name: str, head: str) -> bool:
    """Set a new checkpoint at origin; False when origin refuses."""
    try:
        repo.run(
            *_PUSH_SETTINGS,
            *("push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
            *("--end-of-options", "origin", f"{head}:{name}"),
            timeout=NETWORK_TIMEOUT,
        )
    except GitError:
        return False
    return True


def ledger_references(repo: Repo) -> dict[str, str]:
    """The references of the ledger that are here, by name."""
    listed = repo.text("for-each-ref", "--format=%(objectname) %(refname)", BRANCH, TRACKED, SEEN, CHECKPOINTS, FETCHED)
    return {name: oid for oid, _space, name in (line.partition(" ") for line in listed.splitlines())}


def update_head(repo: Repo, new: str, old: str | None, *, remote: bool) -> Outcome:
    """Make a commit the head: at origin when there is one (`remote`), else here. Raises PushRefused, GitError."""
    if not remote:
        return update_local_head(repo, new, old)
    outcome = push(repo, new, old)
    if outcome == "landed":
        record_pushed_head(repo, new, old)
    return outcome


def update_local_head(repo: Repo, new: str, old: str | None) -> Outcome:
    """Move the local branch from the old head to the new one, if it is still at the old one. Raises GitError when it cannot be written."""
    try:
        repo.update_refs({BRANCH: new, SEEN: new}, {BRANCH: old})
    except GitError as error:
        if repo.commit(BRANCH) != old or "File exists" in error.said:
            return "lost"
        raise
    return "landed"


def push(repo: Repo, new: str, old: str | None) -> Outcome:
    """Ask origin to move its branch from the old head to the new one, if it is still at the old one.

    `unclear`: no answer came; only fetching can tell. Raises Refusal, Locked.
    """
    try:
        repo.run(
            *_PUSH_SETTINGS,
            *("push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
            f"--force-with-lease={BRANCH}:{old or ''}",
            *("--end-of-options", "origin", f"{new}:{BRANCH}"),
            timeout=NETWORK_TIMEOUT,
        )
    except GitError as error:
        if _LOCKED.search(error.said):
            raise BranchLocked(
                _("origin keeps the branch `ledger` locked: {said}", said=last_error_line(error)),
                _("Nothing was recorded. If no other run is at work, remove `refs/heads/ledger.lock` at origin, then run again."),
            ) from None
        if _RACE_LOST.search(error.said):
            return "lost"
        if _DISK_FULL.search(error.said):
            raise PushRefused(
                _("origin cannot keep what the ledger records: {said}", said=last_error_line(error)),
                _("Nothing was recorded. See whether origin's disk is full, or its limit too small, then run again."),
            ) from None
        if _REFUSED.search(error.said):
            raise PushRefused(
                _("origin refuses what the ledger records: {said}", said=last_error_line(error)),
                _("Nothing was recorded. Let the publisher write to the branch `ledger`, then run again."),
            ) from None
        return "unclear"
    return "landed"


def advance_local_head(repo: Repo, head: str, was: Mapping[str, str]) -> None:
    """Let the local branch and `seen` stand at a head that was believed; `was` is what `heads` gave.

    A clone that cannot be written is read all the same, and a local branch with commits of its own is left alone.
    """
    moves = {SEEN: head} if was.get(SEEN) != head else {}
    branch = was.get(BRANCH)
    if branch != head and (branch is None or repo.is_ancestor(branch, head)):
        moves[BRANCH] = head
    _try_update_refs(repo, moves, {name: was.get(name) for name in moves})


def record_pushed_head(repo: Repo, new: str, old: str | None) -> None:
    """Note here what origin has just accepted."""
    moves = {SEEN: new, TRACKED: new}
    if not _try_update_refs(repo, {**moves, BRANCH: new}, {BRANCH: old}):
        _try_update_refs(repo, moves, {})


def _try_update_refs(repo: Repo, moves: Mapping[str, str], only_from: Mapping[str, str | None]) -> bool:
    try:
        if moves:
            repo.update_refs(moves, only_from)
    except GitError:
        return False
    return True


def last_error_line(error: GitError) -> str:
    """What git said last, on one line and without a password."""
    lines: Sequence[str] = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "!"))] or lines
    return _PASSWORD.sub("", " ".join(told[-2:]))[:300]


def pause_before_retry(attempt: int) -> None:
    time.sleep(min(_FIRST_PAUSE * 2**attempt, 2.0) * secrets.SystemRandom().uniform(0.5, 1.5))
