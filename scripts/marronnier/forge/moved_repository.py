"""A repository that is not where origin says: renamed, transferred, or copied. Every door tells it with the address that it has now."""

from __future__ import annotations

import re

from marronnier.forge.github_connection import GitHubConnection, member
from marronnier.forge.github_repository import NAME, GitHubRepository
from marronnier.forge.trouble import ForgeTrouble
from marronnier.git import Repo
from marronnier.messages import _


def reason(github: GitHubConnection, place: GitHubRepository, repo: Repo, number: str) -> str:
    """Why nothing is read at an address that leads elsewhere; `number` is the repository's, empty where nobody knows it."""
    name = _name_of(github, number)
    if not name:
        return _("`{name}` was renamed or transferred on GitHub: set its new address with `git remote set-url origin NEW`", name=place.name)
    return _(
        "`{name}` was renamed or transferred on GitHub: set its new address with `{command}`",
        name=place.name,
        command=_command(place, repo, name),
    )


def copy_reason(github: GitHubConnection, place: GitHubRepository, repo: Repo, found: str, named: str) -> str:
    """Why nothing is approved or sent in another repository, number `found`, than the one with the number `named`."""
    why = _(
        "{name} on GitHub is repository {found}, and the ledger or this job is of repository {named}: a copy approves and sends nothing",
        name=place.name,
        found=found,
        named=named,
    )
    name = _name_of(github, named)
    return _("{why}; `{command}` leads to that one", why=why, command=_command(place, repo, name)) if name else why


def _name_of(github: GitHubConnection, number: str) -> str:
    """The name that a repository has now; empty where GitHub does not tell."""
    if not number.isdecimal():
        return ""
    try:
        name = member(github.get(f"/repositories/{number}"), "full_name")
    except ForgeTrouble:
        return ""
    return name if isinstance(name, str) and NAME.fullmatch(name) else ""


def _command(place: GitHubRepository, repo: Repo, name: str) -> str:
    """How people set the address, in the form that origin's has now. Its password is never shown."""
    ssh = re.match(r"(?:ssh://)?(git@[A-Za-z0-9.-]+)[:/]", repo.remote_url() or "")
    return f"git remote set-url origin {ssh[1]}:{name}.git" if ssh else f"git remote set-url origin {place.server}/{name}.git"
