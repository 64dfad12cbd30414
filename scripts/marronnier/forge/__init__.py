"""The forge: where the team's branches, reviews and approvals are. Plain Git is one; another, such as GitHub, is a module beside it."""

from __future__ import annotations

from marronnier.forge.protocol import (
    ApprovalDraft,
    Branch,
    BranchListing,
    DefaultBranch,
    Forge,
    LineComment,
    MaybeWritten,
    PullRequestComment,
    PullRequestComments,
    PullRequestHead,
    Submission,
)
from marronnier.git import Repo

__all__ = [
    "ApprovalDraft",
    "Branch",
    "BranchListing",
    "DefaultBranch",
    "Forge",
    "LineComment",
    "MaybeWritten",
    "PullRequestComment",
    "PullRequestComments",
    "PullRequestHead",
    "Submission",
    "open",
    "open_comments",
]


def open(repo: Repo) -> Forge:
    """The forge of a repository: the one place that chooses."""
    from marronnier.forge.plain_git import PlainGit

    return PlainGit(repo)


def open_comments(repo: Repo) -> PullRequestComments | None:
    """The pull requests of a repository; None in plain Git, which has none. The one place that chooses."""
    return None
