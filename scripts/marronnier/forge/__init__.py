"""The forge: where the team's branches, reviews and approvals are. Plain Git is one; another, such as GitHub, is a module beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marronnier.forge.account import ForgeAccount
from marronnier.forge.conversations import FREEZE_LABEL, Comment, Conversations, Issue, ProposedBranch, Threads
from marronnier.forge.nobody_approves import nobody_approves_error
from marronnier.forge.protocol import (
    ApprovalDraft,
    Branch,
    BranchListing,
    DefaultBranch,
    Forge,
    LineComment,
    PullRequestComments,
    PullRequestHead,
    RequestWords,
    Submission,
)
from marronnier.forge.setup import Setup, SetupNeeds, SetupStep, StepState
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.model.secret_store import SecretStore

__all__ = [
    "FREEZE_LABEL",
    "ApprovalDraft",
    "Branch",
    "BranchListing",
    "Comment",
    "Conversations",
    "DefaultBranch",
    "Forge",
    "ForgeAccount",
    "ForgeTrouble",
    "Issue",
    "LineComment",
    "ProposedBranch",
    "PullRequestComments",
    "PullRequestHead",
    "RequestWords",
    "Setup",
    "SetupNeeds",
    "SetupStep",
    "StepState",
    "Submission",
    "Threads",
    "nobody_approves_error",
    "open",
    "open_comments",
    "open_secrets",
    "open_setup",
]


def open(repo: Repo) -> Forge:
    """The forge of a repository: the one place that chooses. Raises ForgeTrouble for an address of a forge that must not be asked."""
    from marronnier.forge.github_repository import repository_of
    from marronnier.forge.plain_git import PlainGit

    if (place := repository_of(repo)) is not None:
        from marronnier.forge.github_forge import GitHub

        return GitHub(repo, place)
    return PlainGit(repo)


def open_setup(repo: Repo, *, loopback: bool = False) -> Setup | None:
    """The settings of the repository where its team works; None where origin is no forge whose settings can be told.

    `loopback`: the forge's interface may be on this machine, as for a brand under a clock.
    """
    from marronnier.forge.github_setup import open_setup as open_github

    return open_github(repo, loopback=loopback)


def open_comments(repo: Repo) -> PullRequestComments | None:
    """Where the pull requests of a repository are commented on; None in plain Git, which has none. Raises ForgeTrouble where it must not be asked."""
    from marronnier.forge.github_repository import repository_of

    if (place := repository_of(repo)) is None:
        return None
    from marronnier.forge.github_forge import GitHub

    return GitHub(repo, place).comments()


def open_secrets(
    repo: Repo, surroundings: Mapping[str, str], environments: Mapping[str, Iterable[str]], *, loopback: bool = False
) -> SecretStore | None:
    """The secrets that the forge keeps for its jobs, by the names of each environment; None without a token that may write them.

    Raises ForgeTrouble where it must not be asked.
    """
    from marronnier.forge.github_secrets import open_github_secrets

    return open_github_secrets(repo, surroundings, environments, loopback=loopback)
