"""Accounts, read from GitHub's answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from marronnier.forge.account import ForgeAccount
from marronnier.forge.github_connection import GitHubConnection, identifier, member
from marronnier.forge.trouble import ForgeTrouble
from marronnier.messages import _

ACTIONS_BOT = "github-actions[bot]"
"""The account that a job's own token writes as, which may not ask whose it is (https://docs.github.com/rest/users/users, seen 2026-11-28).

Its number is another one on each server.
"""


def read_account(said: Any) -> ForgeAccount | None:
    """An account; None for one that is gone. Its ghost has the number of nobody who works here."""
    number, login, name = identifier(member(said, "id")), member(said, "login"), member(said, "name")
    if number is None or not isinstance(login, str):
        return None
    return ForgeAccount(number, login, name if isinstance(name, str) else "", member(said, "type") != "User")


def own_number(github: GitHubConnection) -> int:
    """The number of the account that we write as: the token's, or that of a job's token, which is nobody's. Raises ForgeTrouble."""
    try:
        said = github.get("/user")
    except ForgeTrouble as error:
        if error.kind not in ("forbidden", "missing"):
            raise
        said = github.get(f"/users/{quote(ACTIONS_BOT)}")
    number = identifier(member(said, "id"))
    if number is None:
        raise ForgeTrouble(_("GitHub does not tell whose token this is"), _("Try again in a moment."), kind="unreadable")
    return number
