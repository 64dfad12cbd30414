"""The daily checkpoint: a protected tag on the ledger's head, by which a rewind is found."""

from __future__ import annotations

from datetime import UTC, datetime

from marronnier.ledger import push
from marronnier.ledger.store import Ledger


def tag_daily_checkpoint(ledger: Ledger, now: datetime) -> str | None:
    """Tag the head as the day's checkpoint, here and at origin, once a day (UTC); gives the tag, or None when the day has one.

    A checkpoint that origin refuses is no trouble: the next run makes one. Raises GitError when it cannot be written here.
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
