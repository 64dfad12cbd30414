"""Contributing commits: those that made a publication what it is since it was last approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from marronnier.approval.evidence import Version
from marronnier.model.plan import Digests

CommitsByDigests = Mapping[Digests, frozenset[str]]
"""The commits that made a publication have these digests."""


WasApproved = Callable[[Digests, frozenset[str]], bool]
"""Answers whether a version with these digests, made by these commits, was approved."""


def contributing_commits(versions: Sequence[Version], was_approved: WasApproved) -> CommitsByDigests:
    """The commits behind each pair of digests that a publication ever had.

    A commit counts when its digests differ from those of all its parents: a merge that only brings a branch in changed nothing,
    one that mixed two texts did. `was_approved` says whether digests made by these commits were approved: earlier commits then no longer count.
    Digests that come back (a revert) keep the commits they had; once approved, whoever brings them back adds nothing to them.
    """
    return _walked(versions, was_approved)[0]


def unapproved_commits(versions: Sequence[Version], was_approved: WasApproved) -> frozenset[str]:
    """The commits that still count for whatever is made next of the last version: nothing of theirs was approved since."""
    by_version = _walked(versions, was_approved)[1]
    return by_version[-1] if by_version else frozenset()


def _walked(versions: Sequence[Version], was_approved: WasApproved) -> tuple[CommitsByDigests, list[frozenset[str]]]:
    """The commits behind each pair of digests, and those that each version hands on to the next."""
    by_version: list[frozenset[str]] = []
    by_digests: dict[Digests, frozenset[str]] = {}
    settled: set[Digests] = set()
    for version in versions:
        unchanged_from = [position for position in version.parents if versions[position].digests == version.digests]
        if unchanged_from:
            commits = frozenset().union(*(by_version[position] for position in unchanged_from))
        else:
            commits = frozenset().union(*(by_version[position] for position in version.parents))
            # Where the publication does not exist, nobody wrote it: not whoever founded the brand, nor whoever took the post out.
            if version.digests is not None:
                commits |= {version.commit}
        if version.digests in settled:
            commits = frozenset()
        elif version.digests is not None:
            commits |= by_digests.get(version.digests, frozenset())
            by_digests[version.digests] = commits
            if not unchanged_from and was_approved(version.digests, commits):
                settled.add(version.digests)
                commits = frozenset()
        by_version.append(commits)
    return by_digests, by_version
