"""The forge: where the team's branches, reviews and approvals are. Plain Git is one; another, such as GitHub, is a module beside it."""

from __future__ import annotations

from marronnier.forge.protocol import ApprovalDraft, Branch, BranchListing, DefaultBranch, Forge, Submission
from marronnier.git import Repo

__all__ = ["ApprovalDraft", "Branch", "BranchListing", "DefaultBranch", "Forge", "Submission", "open"]


def open(repo: Repo) -> Forge:
    """The forge of a repository: the one place that chooses."""
    from marronnier.forge.plain_git import PlainGit

    return PlainGit(repo)
