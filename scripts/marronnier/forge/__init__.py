"""The forge: where the team's branches, reviews and approvals are. Plain Git is one; another, such as GitHub, is a module beside it."""

from __future__ import annotations

from marronnier.forge.protocol import ApprovalDraft, Branch, BranchListing, DefaultBranch, Forge, Submission
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo

__all__ = ["ApprovalDraft", "Branch", "BranchListing", "DefaultBranch", "Forge", "ForgeTrouble", "Submission", "open"]


def open(repo: Repo) -> Forge:
    """The forge of a repository: the one place that chooses. Raises ForgeTrouble for an address of a forge that must not be asked."""
    from marronnier.forge.github_repository import repository_of
    from marronnier.forge.plain_git import PlainGit

    if (place := repository_of(repo)) is not None:
        from marronnier.forge.github_forge import GitHub

        return GitHub(repo, place)
    return PlainGit(repo)
