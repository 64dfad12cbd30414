"""Checkpoints: tags on the ledger's heads, by which a later rewind of the branch is found, also by a fresh clone.

The push that records `sending` carries one; a day on which nothing was about to be sent has one too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from marronnier.git import GitError, Repo
from marronnier.ledger import push

_TAG = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T\d{6}Z-[0-9a-f]{12})?")


def name_of(head: str, now: datetime) -> str:
    """The reference of the checkpoint that is made with a head at an instant. No two heads share one."""
    return f"{push.CHECKPOINTS}{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}-{head[:12]}"


def sorted_checkpoints(references: Mapping[str, str]) -> list[tuple[str, str]]:
    """The checkpoints among these references, oldest first, each as tag name and commit."""
    days = [
        (name.removeprefix(prefix), oid)
        for name, oid in references.items()
        for prefix in (push.CHECKPOINTS, push.FETCHED)
        if name.startswith(prefix)
    ]
    return [(f"ledger-checkpoint/{day}", oid) for day, oid in sorted(days)]


def count_checkpoints(repo: Repo) -> int:
    """How many checkpoints this clone knows of."""
    return len({name for name, _oid in sorted_checkpoints(push.ledger_references(repo))})


def redundant_checkpoints(references: Mapping[str, str], heads: Sequence[str]) -> list[str]:
    """The references of checkpoints that pruning removes: of each day but the last all but the newest.

    `heads` are the ledger's commits, newest first. A checkpoint that is none of them proves a rewind: it is never redundant.
    """
    position = {oid: number for number, oid in enumerate(heads)}
    by_day: dict[str, list[tuple[int, str]]] = {}
    for name, oid in references.items():
        tag = _TAG.fullmatch(name.removeprefix(push.CHECKPOINTS).removeprefix(push.FETCHED))
        if tag and oid in position:
            by_day.setdefault(tag[1], []).append((position[oid], name))
    return sorted(name for day in sorted(by_day)[:-1] for _position, name in sorted(by_day[day])[1:])


def prune(repo: Repo, head: str) -> int:
    """Delete the redundant checkpoints, at origin or in this clone, and return how many. Raises GitError when origin refuses.

    The ledger at `head` must be verified: what is deleted is an ancestor of a checkpoint that stays.
    """
    heads = repo.text("rev-list", "--topo-order", "--end-of-options", head).splitlines()
    here = {name: oid for name, oid in push.ledger_references(repo).items() if name.startswith((push.CHECKPOINTS, push.FETCHED))}
    if not repo.has_remote():
        redundant = redundant_checkpoints(here, heads)
        _delete_here(repo, redundant)
        return len(redundant)
    fetched = {name.replace(push.FETCHED, push.CHECKPOINTS): oid for name, oid in push.fetch(repo).items() if name.startswith(push.FETCHED)}
    redundant = redundant_checkpoints(fetched, heads)
    for first in range(0, len(redundant), _DELETED_TOGETHER):
        some = redundant[first : first + _DELETED_TOGETHER]
        repo.run(
            *("push", "--quiet", "--atomic", "--no-verify", "--recurse-submodules=no", "--end-of-options", "origin"),
            *(f":{name}" for name in some),
            timeout=push.NETWORK_TIMEOUT,
        )
        copies = {name.replace(push.CHECKPOINTS, push.FETCHED) for name in some}
        _delete_here(repo, [name for name in here if name in copies or name in some])
    return len(redundant)


_DELETED_TOGETHER = 200
"""Tags deleted by one push: a command line has its limits."""


def _delete_here(repo: Repo, names: Sequence[str]) -> None:
    """Delete references of this clone."""
    if names:
        repo.run("update-ref", "--stdin", stdin="".join(f"delete {name}\n" for name in names).encode())


def _has_checkpoint(repo: Repo, day: str) -> bool:
    """Whether origin has a checkpoint of that day. True too without an answer: a day without a checkpoint must not fail a run."""
    try:
        return any(name.startswith(f"{push.FETCHED}{day}") for name in push.fetch(repo))
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

    A day that has a checkpoint already needs no other. One that origin refuses fails nothing: the next run tries again. Raises GitError
    when the tag cannot be written in this clone.
    """
    if head is None:
        return None
    day = now.astimezone(UTC).date().isoformat()
    name = f"{push.CHECKPOINTS}{day}"
    known = push.ledger_references(repo)
    if any(each.startswith((name, f"{push.FETCHED}{day}")) for each in known) or (repo.has_remote() and _has_checkpoint(repo, day)):
        return None
    if repo.has_remote() and not _push_checkpoint(repo, name, head):
        return None
    repo.run("update-ref", name, head, "0" * len(head))
    return name.removeprefix("refs/tags/")
