"""Checkpoints: one tag a day on the ledger's head, by which a later rewind of the branch is detected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from marronnier.git import GitError, Repo
from marronnier.ledger import push


def sorted_checkpoints(references: Mapping[str, str]) -> list[tuple[str, str]]:
    """The checkpoints among these references, oldest day first, each as tag name and commit."""
    days = [
        (name.removeprefix(prefix), oid)
        for name, oid in references.items()
        for prefix in (push.CHECKPOINTS, push.FETCHED)
        if name.startswith(prefix)
    ]
    return [(f"ledger-checkpoint/{day}", oid) for day, oid in sorted(days)]


def _has_checkpoint(repo: Repo, name: str) -> bool:
    """Whether origin has that checkpoint. True too when origin gives no answer: a day without a checkpoint must not fail a run."""
    try:
        return push.read_origin_reference(repo, name) is not None
    except GitError:
        return True


def _push_checkpoint(repo: Repo, name: str, head: str) -> bool:
    """Create a checkpoint tag at origin. Returns False when origin refuses or does not answer."""
    try:
        repo.run(
            *push.PUSH_SETTINGS,
            *("push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"),
            *("--end-of-options", "origin", f"{head}:{name}"),
            timeout=push.NETWORK_TIMEOUT,
        )
    except GitError:
        return False
    return True


def tag_daily_checkpoint(repo: Repo, head: str | None, now: datetime) -> str | None:
    """Tag the head as this day's checkpoint (UTC), at origin and in this clone. Returns the tag, or None when no tag was made.

    A checkpoint that origin refuses fails nothing: the next run tries again. Raises GitError when the tag cannot be written in this clone.
    """
    if head is None:
        return None
    name = f"{push.CHECKPOINTS}{now.astimezone(UTC).date().isoformat()}"
    if repo.commit_id(name) is not None or (repo.has_remote() and _has_checkpoint(repo, name)):
        return None
    if repo.has_remote() and not _push_checkpoint(repo, name, head):
        return None
    repo.run("update-ref", name, head, "0" * len(head))
    return name.removeprefix("refs/tags/")
