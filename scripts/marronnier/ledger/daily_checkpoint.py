"""The daily checkpoint: a tag on the ledger's head, by which a later rewind of the branch is detected."""

from __future__ import annotations

from datetime import UTC, datetime

from marronnier.ledger import push
from marronnier.ledger.store import Ledger


def tag_daily_checkpoint(ledger: Ledger, now: datetime) -> str | None:
    """Tag the head as this day's checkpoint (UTC), at origin and in this clone. Returns the tag, or None when no tag was made.

    A checkpoint that origin refuses fails nothing: the next run tries again. Raises GitError when the tag cannot be written in this clone.
    """
    if ledger.head is None:
        return None
    name = f"{push.CHECKPOINTS}{now.astimezone(UTC).date().isoformat()}"
    repo = ledger.repo
    if repo.commit(name) is not None or (repo.has_remote() and push.has_checkpoint(repo, name)):
        return None
    if repo.has_remote() and not push.push_checkpoint(repo, name, ledger.head):
        return None
    repo.run("update-ref", name, ledger.head, "0" * len(ledger.head))
    return name.removeprefix("refs/tags/")
