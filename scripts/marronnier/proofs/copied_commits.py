"""Commits that a forge made of those of a pull request when it was merged: they add nothing to what was reviewed."""

from __future__ import annotations

from marronnier.git.commit_log import CommitLog
from marronnier.model.review import PullRequest


def copies_of(pull: PullRequest, log: CommitLog) -> frozenset[str]:
    """The commits of the default branch that the forge made of the pull request's own: one by a squash, or one for each by a rebase.

    A rebase keeps who wrote a commit, and when.
    """
    if pull.arrived is None:
        # Its commits are all on the branch: those that made the publication are named.
        return frozenset(pull.contributors)
    if pull.arrived in pull.contributors:
        return frozenset()
    written = {(made.author, pull.written[oid]) for oid, made in pull.contributors.items()}
    copies = {pull.arrived} if len(log.commits[pull.arrived].parents) < 2 else set()
    position = log.positions[pull.arrived]
    for oid in log.first_parents[max(position - len(pull.contributors) + 1, 0) : position]:
        commit = log.commits[oid]
        if len(commit.parents) < 2 and (commit.contributors.author, commit.written_at) in written:
            copies.add(oid)
    return frozenset(copies)
